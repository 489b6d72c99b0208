"""Tables: how any small table becomes columns of numbers, and the synthetic tables that learners of tables are trained on."""

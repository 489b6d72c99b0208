"""Names of the columns of tables of tasks and of their answers."""

TASK_ID = "task_id"
SUPPORT_X, SUPPORT_Y, QUERY_X = "support_x", "support_y", "query_x"
GIVEN = (TASK_ID, SUPPORT_X, SUPPORT_Y, QUERY_X)  # what a table of tasks may hold; whatever else it holds is left alone
PREDICTION, PROBABILITY, OOD_SCORE, ERROR = "prediction", "probability", "ood_score", "error"
TASK = "task"  # what was learned, for `apply` later
CSV, PARQUET = ".csv", ".parquet"
FORMATS = (PARQUET, CSV)  # endings of files of tasks, and of answers

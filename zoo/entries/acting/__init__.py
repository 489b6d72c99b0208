"""Learning to act: policies that find out in what world they are, and how to gain in it, while they act."""

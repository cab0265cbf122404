import os
import sys

# Thread pools are sized when the libraries are loaded, so this comes before any of them.
threads = os.environ.setdefault("TRAINING_THREADS", "1")
for pool in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[pool] = threads

if __name__ == "__main__":
    from training.main import main

    sys.exit(main())

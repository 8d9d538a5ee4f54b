import sys
from pathlib import Path

# The fixtures of this folder are plain modules, used by tests of other folders as well.
sys.path.insert(0, str(Path(__file__).parent))

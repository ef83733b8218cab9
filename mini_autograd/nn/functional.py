"""The functions of ``torch.nn.functional``."""

from mini_autograd.nn.activation import *  # noqa: F403
from mini_autograd.nn.attention import *  # noqa: F403
from mini_autograd.nn.convolution import *  # noqa: F403
from mini_autograd.nn.ctc import *  # noqa: F403
from mini_autograd.nn.distance import *  # noqa: F403
from mini_autograd.nn.dropout import *  # noqa: F403
from mini_autograd.nn.embedding import *  # noqa: F403
from mini_autograd.nn.folding import *  # noqa: F403
from mini_autograd.nn.linear import *  # noqa: F403
from mini_autograd.nn.loss import *  # noqa: F403
from mini_autograd.nn.margin import *  # noqa: F403
from mini_autograd.nn.multi_head import *  # noqa: F403
from mini_autograd.nn.normalization import *  # noqa: F403
from mini_autograd.nn.padding import *  # noqa: F403
from mini_autograd.nn.pooling import *  # noqa: F403
from mini_autograd.nn.softmax import *  # noqa: F403
from mini_autograd.nn.vision import *  # noqa: F403
from mini_autograd.op import override

override.NAMESPACES.append((globals(), tuple(name for name in globals() if not name.startswith("_"))))

"""What the menu needs of this package."""

from typing import Any, Final

import app.bundles.beside  # noqa: F401  # stands beside the notification being typed
from app.bundles.desk_views import BundleDeskView
from app.bundles.typing_views import BundleTypingView
from app.bundles.views import PaperBundleView

SCREENS: Final[tuple[type[Any], ...]] = (BundleDeskView, BundleTypingView, PaperBundleView)

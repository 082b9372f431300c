"""Print the path of a Chromium that runs; install one when there is none.

Its headless shell comes first, the same engine without the windows around it: it needs a third less of the machine.
As root on Debian it is installed; elsewhere any installed browser serves, and at last Playwright's own download.
"""

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

SHELL = "chromium-headless-shell"
NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"


def runs(path: str | None) -> bool:
    """A program of that name is not enough: it may be a stub that asks for a snap."""
    if not path:
        return False
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def installed() -> str | None:
    candidates = [os.environ.get("CHROMIUM"), *map(shutil.which, NAMES), MAC, playwrights_own()]
    return next((path for path in candidates if path and runs(path)), None)


def playwrights_own() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def say(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")


def may_install() -> bool:
    """As root on Debian, the one that has this package."""
    is_debian = sys.platform == "linux" and platform.freedesktop_os_release().get("ID") == "debian"
    return is_debian and os.geteuid() == 0


def install_from_debian() -> None:
    say("Installing Debian's Chromium without windows, with Chinese fonts.")
    quiet = {"stdout": sys.stderr, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
    subprocess.run(["apt-get", "update", "-qq"], check=False, **quiet)  # type: ignore[call-overload]
    subprocess.run(
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", SHELL, "fonts-noto-cjk"],
        check=False,
        **quiet,  # type: ignore[call-overload]
    )


def install_from_playwright() -> None:
    say("No Chromium found: Playwright downloads its own.")
    dependencies = ["--with-deps"] if os.geteuid() == 0 and shutil.which("apt-get") else []
    command = [sys.executable, "-m", "playwright", "install", *dependencies, "chromium"]
    subprocess.run(command, check=False, stdout=sys.stderr)


def main() -> int:
    if not (runs(os.environ.get("CHROMIUM")) or shutil.which(SHELL)) and may_install():
        install_from_debian()
    path = installed()
    if not path:
        install_from_playwright()
        path = installed()
    if not path:
        say("The browser tests need Chromium: install the package chromium, or set CHROMIUM to its path.")
        return 1
    sys.stdout.write(f"{path}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

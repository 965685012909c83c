"""A headless Chromium for the browser tests, one for each test class, with everything it keeps in a temporary folder."""
import shutil
import tempfile
import unittest

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.support.wait import WebDriverWait

DESKTOP, PHONE = (1440, 900), (390, 844)
PATIENCE = 20


class Browser:
    def __init__(self, size=DESKTOP, dark=False, scale=1):
        self.folder = tempfile.mkdtemp(prefix="hawker-browser-")
        options = Options()
        options.binary_location = shutil.which("chromium")
        for argument in (
            "--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-extensions",
            "--disable-background-networking", "--disable-component-update", "--no-first-run", "--hide-scrollbars",
            f"--user-data-dir={self.folder}", f"--window-size={size[0]},{size[1]}",
        ):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
        self.driver.set_page_load_timeout(PATIENCE)
        self.resize(size, scale)
        self.scheme(dark)

    def close(self):
        self.driver.quit()
        shutil.rmtree(self.folder, ignore_errors=True)

    def resize(self, size, scale=1):
        """The page's own width and height, exactly: a window can't be made as narrow as a phone."""
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": size[0], "height": size[1], "deviceScaleFactor": scale, "mobile": size[0] < 600})

    def scheme(self, dark, reduced=True):
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
            {"name": "prefers-reduced-motion", "value": "reduce" if reduced else "no-preference"}]})

    def scripts(self, allowed):
        self.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not allowed})

    def wait(self, condition, what):
        """Until `condition(driver)` is true; `what` says what was waited for."""
        return WebDriverWait(self.driver, PATIENCE, poll_frequency=0.05).until(condition, f"never saw: {what}")

    def complaints(self):
        """What the console holds of warnings and errors since it was last asked."""
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]


class BrowserCase(unittest.TestCase):
    """A test class with a browser of its own."""
    size, dark = DESKTOP, False

    @classmethod
    def setUpClass(cls):
        cls.browser = Browser(cls.size, cls.dark)
        cls.addClassCleanup(cls.browser.close)
        cls.driver = cls.browser.driver

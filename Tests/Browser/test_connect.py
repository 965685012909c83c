"""`hawker connect` in a real browser: the sandbox's consent pages, hawker's own pages, and what was stored, at work."""
import json
import os
import queue
import re
import shutil
import stat
import subprocess
import tempfile
import threading
import urllib.request

from selenium.webdriver.common.by import By

from browser import BrowserCase

# For a program's words, on a machine that is busy.
PATIENCE = 60
HAWKER = os.environ["HAWKER"]
REPOSITORY = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
APPLICATIONS = {
    "FACEBOOK_APP_ID": "900001", "FACEBOOK_APP_SECRET": "sandbox-app-secret",
    "OFFERUP_CLIENT_ID": "sandbox-client", "OFFERUP_CLIENT_SECRET": "sandbox-client-secret",
}


class Program:
    """A hawker that runs: its lines, from both outputs, can be waited for."""

    def __init__(self, arguments, folder, environment):
        self.process = subprocess.Popen(
            [HAWKER, *arguments], cwd=folder, env=environment, text=True, bufsize=1, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.heard, self.lines = [], queue.Queue()
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        for line in self.process.stdout:
            self.lines.put(line)
        self.lines.put(None)

    def says(self, pattern):
        """The match in the next line that has one."""
        while True:
            line = self.lines.get(timeout=PATIENCE)
            assert line is not None, f"never said {pattern}: {''.join(self.heard)}"
            self.heard.append(line)
            if match := re.search(pattern, line):
                return match

    def pastes(self, text):
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()

    def ends(self):
        """Its exit status and all that it said."""
        status = self.process.wait(timeout=PATIENCE)
        while (line := self.lines.get(timeout=PATIENCE)) is not None:
            self.heard.append(line)
        return status, "".join(self.heard)

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


class Connect(BrowserCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="hawker-connect-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.shop = os.path.join(self.folder, "shop")
        shutil.copytree(
            os.path.join(REPOSITORY, "listings"), os.path.join(self.shop, "listings"),
            ignore=shutil.ignore_patterns(".hawker"))
        self.environment = {"PATH": os.environ["PATH"], "HOME": self.folder, **APPLICATIONS}
        self.browser.complaints()

    def sandbox(self, *flags, page_id=None):
        market = self.start("sandbox", "--port", "0", *flags)
        self.market = market.says(r"buyers would see: (http://\S+)/")[1]
        page = f', page_id: "{page_id}"' if page_id else ""
        with open(os.path.join(self.shop, "hawker.yaml"), "w", encoding="utf-8") as config:
            config.write(f"""version: 1
defaults: {{ currency: USD, condition: good, marketplaces: [facebook, offerup],
            location: {{ latitude: 45.5231, longitude: -122.6765 }} }}
accounts:
  facebook: {{ marketplace: facebook{page}, graph_url: "{self.market}/facebook", login_url: "{self.market}/facebook" }}
  offerup: {{ marketplace: offerup, api_url: "{self.market}/offerup/v1", login_url: "{self.market}/offerup" }}
sync: {{ requests_per_second: 0 }}
web: {{ listen: off, public_url: "https://shop.example.com" }}
""")

    def start(self, *arguments):
        os.makedirs(self.shop, exist_ok=True)
        program = Program(arguments, self.shop, self.environment)
        self.addCleanup(program.kill)
        return program

    def begin(self, *arguments):
        """`hawker connect`, with the browser at its consent page."""
        program = self.start("connect", *arguments)
        self.driver.get(program.says(r"(http://127\.0\.0\.1:\S+)")[1])
        self.assertIn("hawker would like to", self.text().replace("\n", " "))
        return program

    def press(self, label):
        self.driver.find_element(By.XPATH, f"//button[normalize-space()='{label}' or starts-with(., '{label} ')]").click()

    def text(self):
        # Asked of the document that is there now: an element may be one of a page that is being left.
        return self.driver.execute_script("return document.body ? document.body.innerText : ''")

    def sees(self, words):
        self.browser.wait(lambda _: words in self.text(), words)

    @property
    def store(self):
        return os.path.join(self.folder, ".config/hawker/credentials.json")

    def test_both_accounts_are_connected_and_apply_posts_with_what_was_stored(self):
        self.sandbox(page_id="10001")
        for account, words in (("facebook", "to page 10001 (Sandbox Shop)"), ("offerup", "as user 30001")):
            program = self.begin(account)
            self.press("Allow")
            self.sees(f"Account {account} is connected {words}")
            status, said = program.ends()
            self.assertEqual((status, f"connected {account} {words}" in said), (0, True), said)
        self.assertEqual(stat.S_IMODE(os.stat(self.store).st_mode), 0o600)
        self.assertEqual(stat.S_IMODE(os.stat(os.path.dirname(self.store)).st_mode), 0o700)
        status, said = self.start("connect", "--check").ends()
        self.assertEqual(status, 0, said)
        status, said = self.start("apply", "--yes").ends()
        self.assertEqual((status, "Applied: 6 done" in said), (0, True), said)
        with urllib.request.urlopen(self.market + "/listings.json", timeout=PATIENCE) as answer:
            self.assertEqual(len(json.load(answer)["listings"]), 6)
        self.driver.get(self.market + "/")
        self.assertEqual(len(self.driver.find_elements(By.TAG_NAME, "article")), 6)
        self.assertEqual(self.browser.complaints(), [])

    def test_the_page_is_chosen_in_the_browser(self):
        self.sandbox()
        program = self.begin("facebook")
        self.press("Allow")
        self.sees("Which page?")
        self.assertEqual(len(self.driver.find_elements(By.TAG_NAME, "button")), 2)
        self.press("Second Sandbox Shop")
        self.sees("connected to page 10002 (Second Sandbox Shop)")
        self.assertEqual(program.ends()[0], 0)
        with open(self.store, encoding="utf-8") as file:
            self.assertEqual(json.load(file)["accounts"]["facebook"]["id"], "10002")

    def test_the_page_is_chosen_on_the_terminal_when_the_address_is_pasted(self):
        self.sandbox()
        program = self.start("connect", "facebook", "--print-url")
        self.driver.get(program.says(r"^(http://127\.0\.0\.1:\S+)")[1])
        # The browser is elsewhere: it can't come back to hawker.
        self.driver.execute_cdp_cmd("Network.enable", {})
        self.driver.execute_cdp_cmd("Network.setBlockedURLs", {"urls": ["*/oauth/facebook/callback*"]})
        self.addCleanup(self.driver.execute_cdp_cmd, "Network.setBlockedURLs", {"urls": []})
        self.press("Allow")
        self.browser.wait(lambda driver: "/callback?code=" in driver.current_url, "the address to come back to")
        program.pastes(self.driver.current_url)
        program.says("Which page")
        program.pastes("2")
        status, said = program.ends()
        self.assertEqual((status, "connected facebook to page 10001" in said), (0, True), said)

    def test_a_refusal_is_told_and_nothing_is_stored(self):
        self.sandbox(page_id="10001")
        for account in ("facebook", "offerup"):
            program = self.begin(account)
            self.press("Deny")
            self.sees("refused on the consent page")
            status, said = program.ends()
            self.assertEqual((status, "refused on the consent page" in said), (6, True), said)
        self.assertFalse(os.path.exists(self.store))
        self.assertEqual(self.start("apply", "--yes").ends()[0], 6)

    def test_what_goes_wrong_at_the_marketplace_is_explained(self):
        self.sandbox("--fault", "stale-code@facebook.login", "--fault", "wrong-state@offerup.login", page_id="10001")
        program = self.begin("facebook")
        self.press("Allow")
        self.sees("it has expired, or was used already")
        self.assertEqual(program.ends()[0], 6)
        program = self.begin("offerup")
        self.press("Allow")
        self.sees("belongs to no login that hawker began")
        self.assertIsNone(program.process.poll(), "an answer that is not its own ends no login")

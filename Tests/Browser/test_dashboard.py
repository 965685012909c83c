"""The dashboard over a running daemon, in a real browser."""
import pathlib
import time
import urllib.request

from selenium.common.exceptions import TimeoutException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from browser import DESKTOP, PHONE, BrowserCase
from shop import Shop

CHECKS = (pathlib.Path(__file__).parent / "checks.js").read_text()


class DashboardCase(BrowserCase):
    """One shop, one daemon, one browser for a class."""

    @classmethod
    def fill(cls, shop):
        for id, title, price in (("lamp", "Desk lamp, brass", "35.00"), ("bike", "Touring bike, 57 cm", "450.00"),
                                 ("table", "Walnut side table", "180.00")):
            shop.add(id, title, price)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop = Shop()
        cls.addClassCleanup(cls.shop.close)
        cls.fill(cls.shop)
        cls.shop.run()
        cls.shop.program.find(r"in sync")

    def open(self, path=""):
        self.driver.get(self.shop.address + path.lstrip("/"))
        return self

    def live(self, path=""):
        """Opened, and listening to what happens."""
        self.open(path)
        self.browser.wait(lambda driver: self.text("#link") == "Live", "Live")
        return self

    def text(self, selector):
        return self.driver.execute_script("return document.querySelector(arguments[0])?.textContent.trim()", selector)

    def sees(self, selector, words):
        try:
            self.browser.wait(lambda driver: words in (self.text(selector) or ""), words)
        except TimeoutException:
            told = "\n".join(self.shop.program.lines[-12:])
            self.fail(f"never saw {words!r} in {selector}, but {self.text(selector)!r}; hawker said:\n{told}")

    def press(self, form, **inputs):
        """A form's button, as a person: what it takes is typed, what it asks is confirmed."""
        self.driver.execute_script(
            "for (let d = document.querySelector(arguments[0]); d; d = d.parentElement) if (d.localName === 'details') d.open = true", form)
        for name, value in inputs.items():
            self.driver.find_element(By.CSS_SELECTOR, f"{form} [name={name}]").send_keys(value)
        self.driver.find_element(By.CSS_SELECTOR, f"{form} button").click()

    def confirm(self, yes=True):
        self.browser.wait(lambda driver: driver.find_element(By.ID, "ask").is_displayed(), "the question")
        self.driver.find_element(By.CSS_SELECTOR, "#ask-yes" if yes else "#ask button[value=no]").click()

    def complaints(self):
        """What the console holds, but for the page that is asked for because it isn't there: 404 is right for it."""
        return [line for line in self.browser.complaints() if "/nowhere - Failed to load" not in line]

    def tearDown(self):
        self.assertEqual(self.complaints(), [])


class Looking(DashboardCase):
    def test_shows_every_listing_with_its_photo_price_and_posts(self):
        self.live()
        self.sees("#card-lamp", "35.00 USD")
        self.assertEqual(self.text("#card-lamp .posts li:first-child .state"), "Live")
        links = self.driver.execute_script("return [...document.querySelectorAll('#card-lamp .posts a')].map(a => a.href)")
        self.assertEqual(len(links), 2)
        self.browser.wait(lambda driver: driver.execute_script(
            "return [...document.querySelectorAll('.card img')].every(i => i.complete && i.naturalWidth > 0)"), "the photos")
        self.sees("h1", "Everything is in step")

    def test_a_file_that_is_edited_shows_without_a_reload(self):
        self.live()
        self.driver.execute_script("window.stays = true; document.querySelector('#more-lamp').open = true;"
                                   "document.querySelector('#card-bike h3 a').focus()")
        started = time.monotonic()
        self.shop.edit("lamp", "title: Desk lamp, brass", "title: Desk lamp, polished")
        self.sees("#card-lamp", "Desk lamp, polished")
        self.sees("#feed", "update lamp on facebook")
        self.assertLess(time.monotonic() - started, 5)
        self.assertTrue(self.driver.execute_script("return window.stays && document.querySelector('#more-lamp').open"))
        self.assertEqual(self.driver.execute_script("return document.activeElement.closest('.card')?.id"), "card-bike")

    def test_a_broken_file_is_told_with_its_line_and_mended(self):
        self.live()
        good = (self.shop.root / "listings/table.yaml").read_text()
        self.shop.write("table", good + "colour: [\n")
        self.sees("#problems", "listings/table.yaml:")
        self.sees("#card-table", "frozen by an error")
        self.shop.write("table", good)
        self.sees("h1", "Everything is in step")

    def test_searches_and_filters_without_a_script(self):
        self.browser.scripts(False)
        self.addCleanup(self.browser.scripts, True)
        self.open()
        box = self.driver.find_element(By.ID, "q")
        box.send_keys("walnut")
        box.send_keys(Keys.ENTER)
        ids = [card.get_attribute("id") for card in self.driver.find_elements(By.CSS_SELECTOR, ".card")]
        self.assertEqual(ids, ["card-table"])
        self.driver.find_element(By.CSS_SELECTOR, "#card-table h3 a").click()
        self.assertEqual(self.driver.find_element(By.TAG_NAME, "h1").text, "Walnut side table")
        self.assertIn("intent", self.driver.find_element(By.TAG_NAME, "main").text)

    def test_a_page_and_its_files_come_with_a_strict_policy(self):
        with urllib.request.urlopen(self.shop.address) as answer:
            policy = answer.headers["Content-Security-Policy"]
        self.assertIn("default-src 'none'", policy)
        self.assertNotIn("unsafe", policy)


class Everybody(DashboardCase):
    """Labels, names, headings, contrast and width, in both schemes and sizes, on every page."""

    @classmethod
    def fill(cls, shop):
        super().fill(shop)
        shop.add("hostile", '"<script>alert(1)</script>\\" onload=\\"alert(2) ' + "long" * 20 + '"')
        shop.add("sold", "Sold already", status="sold")
        shop.write("broken", "title: [\n")

    def check(self, size, dark):
        self.browser.resize(size)
        self.browser.scheme(dark)
        for path in ("", "needs", "plan", "problems", "listings/hostile", "nowhere"):
            with self.subTest(path=path):
                self.open(path)
                self.driver.execute_script("for (const d of document.querySelectorAll('details')) d.open = true")
                self.assertEqual(self.driver.execute_script(CHECKS), [])
        self.assertEqual(self.complaints(), [])

    def test_on_a_desk_in_the_light(self):
        self.check(DESKTOP, False)

    def test_on_a_desk_in_the_dark(self):
        self.check(DESKTOP, True)

    def test_on_a_phone_in_the_light(self):
        self.check(PHONE, False)

    def test_on_a_phone_in_the_dark(self):
        self.check(PHONE, True)

    def test_a_keyboard_reaches_everything_and_sees_where_it_is(self):
        self.browser.resize(DESKTOP)
        self.live()
        wanted = self.driver.execute_script("""
            window.stops = [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, summary')]
              .filter(e => e.tabIndex >= 0 && !e.closest('dialog') && e.checkVisibility()
                && !(e.closest('details:not([open])') && e.localName !== 'summary'));
            return window.stops.length""")
        reached, places = set(), []
        body = self.driver.switch_to.active_element
        for _ in range(wanted + 12):
            body.send_keys(Keys.TAB)
            body = self.driver.switch_to.active_element
            stop, outline = self.driver.execute_script(
                "const e = document.activeElement, s = getComputedStyle(e); return [window.stops.indexOf(e), s.outlineStyle + s.outlineWidth]")
            if stop >= 0:
                reached.add(stop)
                places.append(stop)
                self.assertNotIn("none", outline)
            if len(reached) == wanted:
                break
        self.assertEqual(len(reached), wanted)
        self.assertEqual(places[0], 0, "the first stop is the way to the content")

    def test_the_skip_link_leads_to_the_content(self):
        self.live()
        self.driver.switch_to.active_element.send_keys(Keys.TAB)
        self.driver.switch_to.active_element.send_keys(Keys.ENTER)
        self.assertTrue(self.driver.current_url.endswith("#main"))


class Buttons(DashboardCase):
    @classmethod
    def fill(cls, shop):
        super().fill(shop)
        for number in range(10):
            shop.add(f"chair-{number}", f"Chair {number}", "20.00")

    def test_hold_and_release(self):
        self.live("listings/lamp")
        self.press("#listing__hold__lamp", reason="on loan")
        self.sees("#flash", "held")
        self.shop.edit("lamp", "price: 35.00", "price: 34.00")
        self.sees("main", "On loan")
        self.press("form[id^='held__hold__lamp__release']")
        self.sees("#flash", "released")
        self.live()
        self.sees("#card-lamp", "34.00 USD")
        self.sees("#card-lamp .posts", "Live")

    def test_a_price_drop_is_accepted_on_both_at_once(self):
        self.live()
        self.shop.edit("bike", "price: 450.00", "price: 45.00")
        self.sees("#needs", "A large price drop")
        self.press("form[id^='held__price_drop__bike__release']")
        self.sees("#flash", "released")
        self.browser.wait(lambda driver: not self.text("#needs"), "nothing needed any more")
        self.sees("#card-bike", "45.00 USD")

    def test_sold_asks_first_and_withdraws_it_elsewhere(self):
        self.live("listings/table")
        self.press("#listing__sold__table", price="170")
        self.confirm(yes=False)
        self.assertFalse(self.text("#flash"))
        self.driver.find_element(By.CSS_SELECTOR, "#listing__sold__table button").click()
        self.confirm()
        self.sees("#flash", "sold on facebook for 170.00 USD")
        self.sees("main", "Sold elsewhere, but its file still offers it")
        self.open()
        self.sees("#exposures", "was live on offerup")

    def test_without_a_script_a_form_leads_back_with_its_answer(self):
        self.browser.scripts(False)
        self.addCleanup(self.browser.scripts, True)
        self.open("listings/chair-9")
        self.driver.find_element(By.CSS_SELECTOR, "#listing__hold__chair-9 button").click()
        self.sees("#flash", "held until")
        self.assertIn("/listings/chair-9", self.driver.current_url)

    def test_a_mass_loss_is_approved(self):
        self.live()
        for number in range(8):
            (self.shop.root / f"listings/chair-{number}.yaml").unlink()
        self.sees("#needs", "Many files went away")
        self.press("form[id^='held__withdrawals__approve']")
        self.confirm()
        self.sees("#flash", "approved")
        self.browser.wait(lambda driver: "Many files" not in (self.text("#needs") or ""), "the guard satisfied")


if __name__ == "__main__":
    import unittest
    unittest.main()

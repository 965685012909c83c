from browser import PHONE, BrowserCase


class TheBrowser(BrowserCase):
    size, dark = PHONE, True

    def test_shows_a_page_as_a_dark_phone_would(self):
        self.driver.get("data:text/html,<title>up</title><meta name=viewport content=width=device-width>")
        self.assertEqual(self.driver.title, "up")
        self.assertEqual(self.driver.execute_script("return innerWidth"), PHONE[0])
        self.assertTrue(self.driver.execute_script("return matchMedia('(prefers-color-scheme: dark)').matches"))
        self.assertEqual(self.browser.complaints(), [])

"""The buttons for what a marketplace left open, over a sandbox that loses answers and refuses."""
from shop import Program, Shop
from test_dashboard import DashboardCase as _DashboardCase


class Settling(_DashboardCase):
    @classmethod
    def setUpClass(cls):
        super(_DashboardCase, cls).setUpClass()
        cls.sandbox = Program(
            None, "sandbox", "--port", "0", "--bare", "--fault", "drop-after@offerup.create",
            "--fault", "status-503@facebook.update")
        cls.addClassCleanup(cls.sandbox.stop)
        facebook, offerup = (cls.sandbox.find(pattern).group(1) for pattern in (r"graph_url: ([^\s,}]+)", r"api_url: ([^\s,}]+)"))
        tokens = {f"HAWKER_TOKEN_{name}": cls.sandbox.find(rf"HAWKER_TOKEN_{name}=(\S+)").group(1) for name in ("FACEBOOK", "OFFERUP")}
        page = cls.sandbox.find(r'page_id: "(\d+)"').group(1)
        cls.shop = Shop(facebook=f", graph_url: {facebook}", offerup=f", api_url: {offerup}, extensions: false")
        cls.addClassCleanup(cls.shop.close)
        cls.shop.set_page(page)
        for id in ("lamp", "bike"):
            cls.shop.add(id, f"A {id}", photo=False, photos="[https://photos.example/1.jpg]", marketplaces="[offerup]")
        cls.shop.add("table", "A table", photo=False, photos="[https://photos.example/1.jpg]", marketplaces="[facebook]")
        cls.shop.run("--config", "hawker.yaml", environment=tokens)

    def test_what_was_lost_is_resolved_with_its_id(self):
        self.live()
        self.sees("#needs", "Unclear whether it arrived on offerup")
        self.press("form[id^='held__unsettled__lamp'][id$='resolve__lamp__offerup']", remote="ou1")
        self.sees("#flash", "recorded as ou1")
        self.sees("#card-lamp", "Live")

    def test_what_was_lost_is_said_not_to_be_there(self):
        self.live("listings/bike")
        self.press("form[id$='resolve__bike__offerup__1']")
        self.confirm()
        self.sees("#flash", "not posted")

    def test_what_failed_is_tried_now(self):
        self.live("listings/table")
        self.sees("main", "Live")
        self.shop.edit("table", "price: 35.00", "price: 34.00")
        self.sees("main", "Failed on facebook, will be tried again")
        self.press("form[id*='__retry__table']")
        self.sees("#flash", "table on facebook: tried again now")

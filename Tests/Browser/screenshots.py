"""Makes docs/images/*.png: a shop with drawn photos on the built-in sandbox, at work and with a few things to decide."""
import base64
import pathlib
import sys
import time

from browser import DESKTOP, PHONE, Browser
from illustrations import PICTURES
from shop import Shop

IMAGES = pathlib.Path(__file__).parents[2] / "docs/images"
THINGS = [
    ("trek-520", "Trek 520 touring bike, 57 cm", "450.00"), ("desk-lamp", "Desk lamp, brass, new cable", "35.00"),
    ("walnut-table", "Walnut side table with a drawer", "180.00"), ("nikon-fm2", "Nikon FM2 with 50 mm f/1.8", "320.00"),
    ("skillet", "Cast iron skillet, 28 cm", "24.00"), ("record-player", "Direct-drive record player", "390.00"),
    ("acoustic-guitar", "Acoustic guitar with case", "210.00"), ("la-pavoni", "Lever espresso machine, descaled", "380.00"),
    ("ceramic-planter", "Ceramic planter, sea-green", "19.00"), ("keychron", "Mechanical keyboard, hot-swap", "75.00"),
    ("down-bag", "Down sleeping bag, −10 °C", "140.00"), ("graphic-novels", "Graphic novels, eight books", "42.00"),
    ("kona-unit", "Kona Unit single-speed, 18 in", "520.00"),
]
LIMIT = 300_000


def drawn(browser):
    """Each picture as the browser draws it."""
    browser.resize((640, 480))
    for id, picture in PICTURES.items():
        page = f"<!doctype html><style>body{{margin:0}}svg{{display:block}}</style>{picture}"
        browser.driver.get("data:text/html;base64," + base64.b64encode(page.encode()).decode())
        yield id, browser.driver.get_screenshot_as_png()


def work(shop):
    """An afternoon in a minute: edits, a sale, and three things that wait for the seller."""
    for id, old, new in (("skillet", "24.00", "22.00"), ("down-bag", "140.00", "129.00"), ("desk-lamp", "35.00", "33.00"),
                         ("trek-520", "450.00", "430.00")):
        shop.edit(id, f"price: {old}", f"price: {new}")
        shop.program.find(f"update {id} on facebook")
        shop.program.find(f"update {id} on offerup")
    shop.edit("acoustic-guitar", "price: 210.00", "price: 21.00")
    shop.program.find("acoustic-guitar on .*held by price_drop")
    shop.edit("keychron", "price: 75.00", "price: 75.005")
    shop.program.find("keychron.yaml:2")
    shop.edit("walnut-table", "title:", "status: sold\ntitle:")
    shop.program.find("withdraw walnut-table on offerup")


def shoot(browser, shop, name, path, size, dark=False, scale=1):
    browser.resize(size, scale)
    browser.scheme(dark)
    browser.driver.get(shop.address + path)
    browser.wait(lambda driver: driver.find_element("id", "link").text == "Live", "Live")
    time.sleep(2)
    browser.driver.execute_script("document.activeElement?.blur(); scrollTo(0, 0)")
    target = IMAGES / f"{name}.png"
    target.write_bytes(browser.driver.get_screenshot_as_png())
    weight = target.stat().st_size
    print(f"screenshots: {target.name} {weight // 1000} kB")
    if weight > LIMIT:
        sys.exit(f"screenshots: {target.name} weighs {weight} bytes, more than {LIMIT}")


def main():
    IMAGES.mkdir(parents=True, exist_ok=True)
    browser = Browser()
    shop = Shop(grace="5s")
    try:
        photos = dict(drawn(browser))
        for id, title, price in THINGS:
            shop.add(id, title, price, photos[id])
        shop.run()
        shop.program.find("in sync")
        work(shop)
        shoot(browser, shop, "dashboard", "", (DESKTOP[0], 1180))
        shoot(browser, shop, "dashboard-phone", "", PHONE, dark=True, scale=1.5)
        shoot(browser, shop, "listing", "listings/acoustic-guitar", (1200, 1000))
    finally:
        shop.close()
        browser.close()


if __name__ == "__main__":
    main()

"""Shops of one account on which every listing is posted, for measurements that count posts."""
import re

from setting import write_config

ACCOUNT = "facebook"


def make(setting, folder, size, port, more=""):
    folder.mkdir()
    setting.generate(folder, "--count", size)
    for file in listings(folder):
        text = file.read_text()
        if "enabled: false" in text:
            file.write_text(text.replace("enabled: false", "enabled: true"))
    write_config(folder, port, accounts=(ACCOUNT,), more=more)
    return folder


def listings(folder):
    return sorted((folder / "listings").rglob("*.yaml"))


def edited(text):
    """With the next price: another one each time."""
    def next_price(match):
        return f"{match[1]}{float(match[2]) + 0.25:.2f}"

    return re.sub(r"(?m)^(price:\s*[\"']?)([0-9]+(?:\.[0-9]+)?)", next_price, text, count=1)

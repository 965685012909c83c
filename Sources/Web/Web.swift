// Web: everything between hawker and the outside that is not a listing request. In: HTTP from a browser, a scraper, a
// marketplace's webhook. Out: pages, JSON, metrics, and what it hands to the loop: decisions and notices. It must never
// execute anything, write the journal, answer a delivery or a decision before the loop has recorded it, or show a secret.

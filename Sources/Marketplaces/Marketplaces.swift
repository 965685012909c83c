// Marketplaces: the contract. In: drafts, remote ids, references. Out: what the marketplace did, or a failure of a closed
// set. Holds what every adapter shares: the contract, the failures, pacing. It must never know an adapter, open a
// connection, or read the journal.

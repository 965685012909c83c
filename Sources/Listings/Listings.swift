// Listings: the vocabulary. In: nothing. Out: the values that every stage speaks in (listing, content, record, account,
// capability, problem, money, time, digest, JSON). It must never do I/O, look at a clock or draw a random number.

// Diffing: wanted × recorded → differences. In: what one scan wants, what the journal recorded. Out: for each post what
// is wanted of it beside what is recorded, and the fields that differ. Pure; it must never decide what to do about it.

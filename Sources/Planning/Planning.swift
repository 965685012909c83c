// Planning: differences × policy → plan. In: what one scan wants, the journal's records, the config, the time. Out: the
// ordered actions, each with its reason and perhaps a hold; the guards' findings; the plan as text and as JSON. Pure, and
// the only planner: `plan`, `apply`, `run` and the web page all show and do what it says. It must never do I/O or look at
// a clock.

// Executing: plan → requests → outcomes. In: a plan's executable actions. Out: requests to the marketplaces, each between
// a durable intent and a durable outcome; what became of every action. It must never decide what is wanted, send before
// its intent is durable, run two operations of one post at once, or send a create again without proof that the last one
// did not arrive. What failed is not retried here: it is recorded with its time, and the next plan asks for it again.

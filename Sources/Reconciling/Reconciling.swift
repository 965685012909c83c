// Reconciling: the loop. In: hints that something changed (paths, time, a finished request). Out: plans, submitted to the
// one executor; the lineage marker in the listings root. Level-triggered: a hint only says "look again", so that an
// overflow, a restart, a missed event and a manual edit are one case. It must never decide about one post (Planning does)
// or talk to a marketplace (Executing does).

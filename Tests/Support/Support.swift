// Support: what tests share. Folders, servers, virtual time, turns at what a process has once, the effort of a proof.

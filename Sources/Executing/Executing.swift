// Executing

package dev.sotto.homeserver.accounts;

/// What hashing one password takes: memory, passes over it, and lanes.
public record PasswordCost(int memoryKib, int iterations, int parallelism) {}

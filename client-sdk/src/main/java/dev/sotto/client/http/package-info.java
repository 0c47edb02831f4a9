/// Talks to one homeserver: requests, their retries and rate limits, tokens and their refreshing,
/// and how a server is found.
///
/// ```
/// Requests --> Attempts (waits, repeats, refreshes tokens) --> Wire (one try) --> java.net.http
/// ```
///
/// Everything here blocks, is made for virtual threads, and gives up when its thread is
/// interrupted. Whatever a server answers is read within limits, and nothing that it says reaches a
/// message or a log before secrets and control characters are taken out.
@NullMarked
package dev.sotto.client.http;

import org.jspecify.annotations.NullMarked;

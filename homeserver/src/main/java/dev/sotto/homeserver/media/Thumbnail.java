package dev.sotto.homeserver.media;

import java.io.InputStream;

/// A small picture, ready to be sent; whoever takes it closes the bytes.
public record Thumbnail(String contentType, long sizeBytes, InputStream bytes) {}

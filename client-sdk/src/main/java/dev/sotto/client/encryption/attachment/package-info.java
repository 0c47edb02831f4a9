/// Files for encrypted rooms: encrypted before they are uploaded, checked before they are used.
///
/// [Attachments] encrypts and decrypts; [EncryptedFile] is what the message carries of it.
@NullMarked
package dev.sotto.client.encryption.attachment;

import org.jspecify.annotations.NullMarked;

/// What the owner of a server may choose, and how it is read.
///
/// [Keys] is the one table of settings: the file, the environment, the flags and the test of
/// `config/sotto.yaml` all follow it. Flags win over the environment, which wins over the file,
/// which wins over the defaults. Only `app` sees this package: it hands plain values on.
@NullMarked
package dev.sotto.homeserver.app.settings;

import org.jspecify.annotations.NullMarked;

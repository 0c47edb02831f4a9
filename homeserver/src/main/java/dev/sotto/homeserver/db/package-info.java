/// The database: connections, transactions, migrations and what differs between products.
@NullMarked
package dev.sotto.homeserver.db;

import org.jspecify.annotations.NullMarked;

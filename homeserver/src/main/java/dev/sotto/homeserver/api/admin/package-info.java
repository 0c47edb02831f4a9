/// What administrators and their scripts use, in the form that they know from Synapse.
@NullMarked
package dev.sotto.homeserver.api.admin;

import org.jspecify.annotations.NullMarked;

/// What was acknowledged must survive `kill -9`: loads that remember what they were told, and find
/// it again afterwards.
@NullMarked
package dev.sotto.spec.crash;

import org.jspecify.annotations.NullMarked;

// Package login gets access tokens for the Smarther cloud: by a person's
// consent in a browser (Flow), and from then on by itself (Source), with the
// credentials in a file that is always whole (Store).
//
// It must not know HCL, plans, state or thermostats, and prints nothing: what a
// person should hear is returned as errors, warnings and findings.
//
// # Where credentials come from
//
// Service.Find looks for each in the configuration, then the environment, then
// the file. The subscription key and the tokens are looked for apart.
//
// In the environment an access token alone is used as it is. A client id, a
// client secret and a refresh token together are renewed from. The new refresh
// token that each renewal brings cannot be written back into the environment:
// where SMARTHER_CREDENTIALS_FILE names a file it is stored there with a
// fingerprint of the refresh token in the environment that it descends from. As
// long as the environment holds that one, the file is newer and goes first; once
// it holds another, a person has logged in since and the environment goes first.
// No clock is asked. Without such a file the new token lasts for the run and a
// warning says so.
//
// # Renewal
//
// A renewal happens once for all who wait for it, in this process and in all
// that share the file: it holds the lock on a file beside it, and whoever gets
// the lock reads the file again before asking for a token. The new refresh
// token is stored before the new access token is used, the one before is kept,
// and tried if the new one is refused. Once begun, a renewal is finished even
// if nobody waits any more, for the old refresh token may be dead by then.
package login

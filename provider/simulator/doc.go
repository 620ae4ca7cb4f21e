// Package simulator is a simulated Smarther cloud: an http.Handler that speaks
// the Smarther v2.0 protocol and its login, keeps a house of plants and
// thermostats, refuses what the real cloud refuses, and fails on command. It
// serves rehearsals and tests, of any client in any language.
//
// It is written from the vendor's reference and from what clients have seen. It
// must not know the client in package provider/smarther, nor take its rules from
// package provider: one misreading of the API must not hide in both.
//
// # What there is
//
// Below PathPrefix, all operations but those of push notifications: plants,
// topology, status and set, measures, programlist, each with the vendor's path.
// Below LoginPrefix, /authorize and /token. Below AdminPrefix, the admin endpoint.
//
// The answers fit the vendor's description of the API but for what clients have
// seen otherwise: function, mode and loadState come in upper case; setPoint.value
// has five decimals; programs is there in every mode; activationTime is the end
// alone. By option, every plant is listed twice, and program numbers and
// statusCode are text. A house without plants answers 204.
//
// # What is refused, and how
//
// A call to the API meets these checks in turn; the first that fails answers:
//
//   - the path (404) and the method (405);
//   - a fault of the script, see below;
//   - the subscription key, in the header Ocp-Apim-Subscription-Key or in the query
//     as subscription-key (401): the login's, or any text;
//   - the burst limit (429) and the daily quota (403), both with Retry-After; the
//     quota returns at midnight UTC;
//   - the header Authorization, Bearer and a token (401): one that the login has
//     issued, or any text of the right form where there is no login;
//   - a password that has expired (469) or terms that were not accepted (470), while
//     the admin endpoint or SetBlocked says so;
//   - the form of plant and module id, a Content-Type that is there and is not
//     application/json, a body above 64 KiB (400);
//   - plant and module being in the house (404);
//   - the reference's schema: types, enums, ranges, the pattern of
//     activationTime, function and mode being there (400);
//   - what the reference says in words: what a mode needs, how long a boost lasts
//     and when it starts, an end that is ahead (430).
//
// Errors have the gateway's shape {"statusCode":…,"message":…}; that of the token
// has the login layer's {"message":…,"code":…}: code 10 for no token, 11 for an
// expired one, 1 for one that was revoked or never issued.
//
// The answers to the last two name everything that was found. The reference
// leaves open which of 400 and 430 answers what; the division is this package's.
// So is that automatic mode refuses an activationTime, which the reference lists
// for every other mode, and that only boost takes an interval. Setpoints are
// rounded to the device's step of a tenth of a degree.
//
// # Time
//
// Everything goes by the simulator's own clock, which can be set. Times in
// requests are the plant's wall clock. Where a daylight-saving change repeats an
// end, its next occurrence counts; where it skips one, the change itself. So a
// boost across a change is longer or shorter than its minutes, as on a device
// that watches its clock. A boost may start up to five minutes from now, either
// way. What a mode that runs out is followed by is an option: automatic with the
// remembered program, or the last status without end.
//
// # Login
//
// Without a login any key and any token will do. With one, a client must know its
// id, secret and one of its reply URLs, compared to the letter. The person at
// /authorize is quick and says yes or no at once, as consent has it: the answer is
// the redirect to the reply URL, with code or error=access_denied, and with the
// state that was sent. Where client id or reply URL are wrong it is a page, 400.
//
// The token endpoint takes a form with client_id, client_secret, grant_type and
// code (once, for ten minutes; redirect_uri may be left out) or refresh_token. It
// does not take the client's credentials in a header. It answers access_token,
// refresh_token, token_type and, as expires has it, expires_in and expires_on as
// number, as string, or not at all. Every refresh returns a new refresh token.
// rotation says what becomes of the one that was used: "lenient", it lives on;
// "strict", it is dead, and whoever sends it again ends every token that came of
// the same consent, access tokens too. A refresh token that is not used for 90
// days is dead. A year after secret_created the secret has expired.
//
// Errors are 400 with {"error":…,"error_description":…}: invalid_client for a
// wrong id or secret, invalid_grant for a dead code or refresh token, and also for
// an expired secret, whose description has AADB2C90085 and speaks of an internal
// error, as the real one does.
//
// A login, which stands in the house file or in Options, is
//
//	{
//	  "client_id": "my-client",
//	  "client_secret": "my-secret",
//	  "reply_urls": ["http://127.0.0.1:8788/callback"],
//	  "subscription_key": "0123456789abcdef0123456789abcdef",
//	  "secret_created": "2026-11-01T00:00:00Z",
//	  "consent": "granted",
//	  "access_token_seconds": 3600,
//	  "expires": "number",
//	  "rotation": "strict"
//	}
//
// Only the first three are required. consent may be "refused", expires "string" or
// "missing", rotation "lenient" (the default).
//
// # House file
//
// JSON. version is 2; a file of version 1, which had no names, programs and login,
// is read too; one with another version, with fields not named here or with
// impossible values is refused. Ids are UUIDs in lower case, time_zone is an IANA
// name. function, mode, setpoint (°C) and program are there in every mode; end, an
// instant, only where the mode runs out, and then before may hold the last
// settings without end. temperature (°C) and humidity (percent) are what the
// device measures. Numbers have at most one decimal. programs, the program list,
// need not have the placeholder 0, named "0", which is always listed; without
// programs a thermostat has those of a new device. login is as above, and has in
// grants the tokens that were issued.
//
//	{
//	  "version": 2,
//	  "plants": {
//	    "1f3c6b1e-0000-4000-8000-000000000001": {
//	      "name": "Home",
//	      "time_zone": "Europe/Rome",
//	      "thermostats": {
//	        "2a9d5c0f-0000-4000-8000-000000000001": {
//	          "name": "Living room",
//	          "function": "heating",
//	          "mode": "manual",
//	          "setpoint": 20.5,
//	          "program": 1,
//	          "end": "2026-12-24T18:00:00+01:00",
//	          "before": {
//	            "function": "heating",
//	            "mode": "automatic",
//	            "setpoint": 20.0,
//	            "program": 1
//	          },
//	          "temperature": 19.5,
//	          "humidity": 48.0,
//	          "programs": [
//	            {
//	              "number": 1,
//	              "name": "At Home"
//	            }
//	          ]
//	        }
//	      }
//	    }
//	  }
//	}
//
// While the simulator runs, changes are appended to a journal beside the file, of
// the same name with .journal, before they are answered. When it ends, the file
// is replaced whole and the journal removed. A journal that a killed simulator
// left is read at the next start, unless the house file was changed since. Faults,
// limits, what is blocked, the clock and the record of calls are not kept.
//
// # Faults file
//
// JSON with one field, faults, a list; each has the fields of Fault. module says
// whom it hits, a UUID or "*"; method (default POST; GET; "*" for both) or operation
// (plants, topology, status, set, measures, programs; authorize, token) which calls;
// from (default 1) and times (default 1; 0 for ever) which of these in order, for
// how long after it was set by the simulator's clock, chance (0 to 1) how many of
// them. One of status, drop ("before" or "after" the write, or with "reset-" in
// front) and offline says what happens. latency, body_over (the body comes slowly)
// and truncate (half of it comes) go with any answer, or alone; so does
// expire_tokens, which ends all access tokens just before the call. message,
// retry_after, shape ("gateway", "gateway-text", "login", "oauth", "html", "empty"),
// landed (the write takes effect) and, with a 3xx, location go with status. A
// thermostat that is offline is one with offline, or with status 408, for the method
// "*" and times 0; one whose screen is in use has status 486 for a time.
//
//	{
//	  "faults": [
//	    { "module": "*", "from": 3, "status": 429, "retry_after": "2" },
//	    { "module": "2a9d5c0f-0000-4000-8000-000000000001", "times": 2, "status": 408, "landed": true },
//	    { "module": "2a9d5c0f-0000-4000-8000-000000000002", "method": "*", "times": 0, "offline": true },
//	    { "module": "2a9d5c0f-0000-4000-8000-000000000003", "for": "90s", "status": 486 },
//	    { "module": "2a9d5c0f-0000-4000-8000-000000000004", "drop": "after", "latency": "150ms" },
//	    { "operation": "plants", "times": 0, "chance": 0.2, "status": 503, "shape": "html" },
//	    { "operation": "status", "truncate": true, "body_over": "1s" },
//	    { "operation": "set", "from": 20, "expire_tokens": true },
//	    { "operation": "token", "status": 429, "retry_after": "1" }
//	  ]
//	}
//
// # Admin endpoint
//
// On the same listener, for programs on this machine only. Bodies and answers are
// JSON; an error is {"error":…} with status 400 or above. Its requests are in no
// record, under no limit, and meet no fault.
//
// The clock, set or moved, within the years 1973 to 2200; it runs on from there:
//
//	PUT /_simulator/clock {"now": "2026-12-24T12:00:00Z"}
//	PUT /_simulator/clock {"advance": "90m"}
//
// How things stand, and the record of calls; the latter to be forgotten:
//
//	GET /_simulator/state
//	GET /_simulator/calls
//	DELETE /_simulator/calls
//
// Faults, in the form of the faults file: added, put in the place of all, listed
// with their numbers and how often they hit, one or all cleared:
//
//	POST /_simulator/faults {"faults": [{"operation": "set", "status": 500}]}
//	PUT /_simulator/faults {"faults": [{"operation": "set", "status": 408, "times": 0}]}
//	GET /_simulator/faults
//	DELETE /_simulator/faults/2
//	DELETE /_simulator/faults
//
// Limits: what is named changes; used is how many calls of today's quota are gone:
//
//	PUT /_simulator/limits {"daily_quota": 500, "used": 498, "burst": 10, "burst_window": "10s"}
//
// Every call answered 469 or 470, until the person has acted:
//
//	PUT /_simulator/blocked {"status": 469}
//	DELETE /_simulator/blocked
//
// Plants and thermostats: made where there are none yet, else changed in what is
// named. That is the hand at the knob: a mode comes without end unless one is
// named too. The answer, as that of GET, is the thermostat as in the house file:
//
//	PUT /_simulator/plants/1f3c6b1e-0000-4000-8000-000000000001 {"name": "Home", "time_zone": "Europe/Rome"}
//	PUT /_simulator/plants/1f3c6b1e-0000-4000-8000-000000000001/modules/2a9d5c0f-0000-4000-8000-000000000001 {"mode": "manual", "setpoint": 23.5}
//	PUT /_simulator/plants/1f3c6b1e-0000-4000-8000-000000000001/modules/2a9d5c0f-0000-4000-8000-000000000001 {"name": "Hall", "programs": [{"number": 4, "name": "Guests"}]}
//	GET /_simulator/plants/1f3c6b1e-0000-4000-8000-000000000001/modules/2a9d5c0f-0000-4000-8000-000000000001
//
// The login: what is named changes, and a new secret is new now. Every token
// revoked; every access token expired; the secret's year over:
//
//	PUT /_simulator/login {"client_id": "my-client", "client_secret": "my-secret", "reply_urls": ["http://127.0.0.1:8788/callback"]}
//	PUT /_simulator/login {"rotation": "strict", "consent": "refused"}
//	POST /_simulator/login/revoke
//	POST /_simulator/login/expire-tokens
//	POST /_simulator/login/expire-secret
package simulator

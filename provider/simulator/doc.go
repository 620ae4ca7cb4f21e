// Package simulator is a simulated Smarther cloud: an http.Handler that speaks
// the Smarther v2.0 protocol, keeps a house of plants and thermostats, refuses
// what the real cloud refuses, and fails on command. It serves rehearsals and
// tests.
//
// It is written from the vendor's reference and must not know the client in
// package provider/smarther, nor take its rules from package provider: one
// misreading of the API must not hide in both.
//
// # What is refused, and how
//
// A request meets these checks in turn; the first that fails answers:
//
//   - the path (404) and the method (405);
//   - a fault of the script, see below;
//   - the header Ocp-Apim-Subscription-Key, which any text fills (401);
//   - the header Authorization, Bearer and any token (401, in the login layer's
//     shape {"message":…,"code":10}; all others have the gateway's,
//     {"statusCode":…,"message":…});
//   - the form of plant and module id, a Content-Type that is there and is not
//     application/json (400), a body above 64 KiB (413);
//   - plant and module being in the house (404);
//   - the reference's schema: types, enums, ranges, the pattern of
//     activationTime, function and mode being there (400);
//   - what the reference says in words: what a mode needs, how long a boost lasts
//     and when it starts, an end that is ahead (430).
//
// Each of the last two answers names everything that it found. The reference
// leaves open which of 400 and 430 answers what; the division is this package's.
// So is that automatic mode refuses an activationTime, which the reference lists
// for every other mode, and that only boost takes an interval. Setpoints are
// rounded to the device's step of a tenth of a degree.
//
// # Time
//
// Times in requests are the plant's wall clock. Where a daylight-saving change
// repeats an end, its next occurrence counts; where it skips one, the change
// itself. So a boost across a change is longer or shorter than its minutes, as on
// a device that watches its clock. A boost may start up to five minutes from now,
// either way.
//
// # House file
//
// JSON, replaced whole before a write is answered. version is 1; a file with
// another version, with fields not named here or with impossible values is
// refused. Ids are UUIDs in lower case, time_zone is an IANA name. function,
// mode, setpoint (°C) and program are there in every mode; end, an instant, only
// where the mode runs out, and then before may hold the last settings without
// end. temperature (°C) and humidity (percent) are what the device measures.
// Numbers have at most one decimal.
//
//	{
//	  "version": 1,
//	  "plants": {
//	    "1f3c6b1e-0000-4000-8000-000000000001": {
//	      "time_zone": "Europe/Rome",
//	      "thermostats": {
//	        "2a9d5c0f-0000-4000-8000-000000000001": {
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
//	          "humidity": 48.0
//	        }
//	      }
//	    }
//	  }
//	}
//
// # Faults file
//
// JSON with one field, faults, a list; each has the fields of Fault. module says
// whom it hits, a UUID or "*"; method (default POST), from (default 1) and times
// (default 1; 0 for ever) say which of its calls. One of status, drop and offline
// says what happens, or latency alone, which goes with any of them. message,
// retry_after, shape ("gateway", "login", "html", "empty"), landed and, with a
// 3xx, location go with status.
//
//	{
//	  "faults": [
//	    { "module": "*", "from": 3, "status": 429, "retry_after": "2" },
//	    { "module": "2a9d5c0f-0000-4000-8000-000000000001", "times": 2, "status": 408, "landed": true },
//	    { "module": "2a9d5c0f-0000-4000-8000-000000000002", "times": 0, "offline": true },
//	    { "module": "2a9d5c0f-0000-4000-8000-000000000003", "drop": "after", "latency": "150ms" },
//	    { "module": "2a9d5c0f-0000-4000-8000-000000000003", "method": "GET", "status": 307, "location": "https://example.com/" }
//	  ]
//	}
package simulator

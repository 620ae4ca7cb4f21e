package dispatch

import "time"

// Account is what holds for the account and not for a run alone: the pace, the
// pause after a rate limit, the attempts made, those that answered
// KindUnauthorized, and the want of an access token. Runs whose policies share one follow on from one another as
// if they were one run. The zero Account is one that was never used.
//
// Runs that share one must not overlap.
type Account struct {
	pace         time.Time
	pause        time.Time
	started      int // attempts
	unauthorized int // attempts that answered KindUnauthorized and were not spared
	tokenless    int // tries for an access token that have failed since one was there
}

// Calls is how many attempts all runs have made.
func (a *Account) Calls() int { return a.started }

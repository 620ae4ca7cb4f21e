package exchange

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// MaxRetryAfter bounds what the cloud asks to wait: a quota may be a month's,
// nothing is longer.
const MaxRetryAfter = 31 * 24 * time.Hour

// RetryAfter is how long the cloud asked to wait, 0 if it did not say: from the
// header Retry-After, else from the two messages that carry it. It lies between
// 0 and MaxRetryAfter. now is the local clock, used only where the answer has
// no Date of its own.
func RetryAfter(status int, h http.Header, message string, now time.Time) time.Duration {
	if wait, ok := retryAfterHeader(h, now); ok {
		return wait
	}
	switch status {
	case http.StatusForbidden:
		return replenishedIn(message)
	case http.StatusTooManyRequests:
		return tryAgainIn(message)
	}
	return 0
}

func retryAfterHeader(h http.Header, now time.Time) (time.Duration, bool) {
	text := strings.TrimSpace(h.Get("Retry-After"))
	if text == "" {
		return 0, false
	}
	if strings.Trim(text, "0123456789") == "" {
		return units(text, time.Second), true
	}
	at, err := http.ParseTime(text)
	if err != nil {
		return 0, false
	}
	if date, err := http.ParseTime(h.Get("Date")); err == nil {
		now = date
	}
	return min(max(at.Sub(now), 0), MaxRetryAfter), true
}

// replenishedIn reads "… replenished in hh:mm:ss.", with days before the hours
// ("1.02:03:04") where there are any.
func replenishedIn(message string) time.Duration {
	parts := strings.Split(wordAfter(message, "replenished in "), ":")
	if len(parts) != 3 {
		return 0
	}
	days, hours, found := strings.Cut(parts[0], ".")
	if !found {
		days, hours = "0", parts[0]
	}
	wait := units(days, 24*time.Hour) + units(hours, time.Hour) + units(parts[1], time.Minute) + units(parts[2], time.Second)
	return min(wait, MaxRetryAfter)
}

// tryAgainIn reads "… Try again in N seconds."
func tryAgainIn(message string) time.Duration {
	return units(wordAfter(message, "try again in "), time.Second)
}

// wordAfter is the word that follows a phrase in lower case, without a final
// full stop; "" if the phrase is not there.
func wordAfter(message, phrase string) string {
	_, rest, _ := strings.Cut(strings.ToLower(message), phrase)
	word, _, _ := strings.Cut(rest, " ")
	return strings.TrimRight(word, ".")
}

// units is so many of a unit, bounded; 0 if the text is no whole number.
func units(digits string, unit time.Duration) time.Duration {
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return 0
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n > int64(MaxRetryAfter/unit) { // err: too many digits
		return MaxRetryAfter
	}
	return time.Duration(n) * unit
}

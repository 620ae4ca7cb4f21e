package simulator

import (
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// answer is what a fault with a status answers.
func (f Fault) answer(now time.Time) answer {
	message := f.Message
	if message == "" {
		message = f.defaultMessage(now)
	}
	var a answer
	switch f.Shape {
	case ShapeLogin:
		code := codeInternal
		if f.Status == http.StatusUnauthorized {
			code = codeTokenExpired
		}
		a = loginError(f.Status, code, message)
	case ShapeOAuth:
		a = oauthError(f.Status, f.oauthCode(), message)
	case ShapeGatewayText:
		a = gatewayError(f.Status, message).withTextStatus()
	case ShapeHTML:
		a = htmlAnswer(f.Status, message)
	case ShapeEmpty:
		a = answer{status: f.Status, header: map[string]string{}}
	case ShapeGateway, "":
		a = gatewayError(f.Status, message)
	}
	if f.RetryAfter != "" {
		a.header["Retry-After"] = f.RetryAfter
	}
	if f.Location != "" {
		a.header["Location"] = f.Location
	}
	return a
}

func (f Fault) oauthCode() string {
	switch {
	case f.Status == http.StatusBadRequest:
		return "invalid_grant"
	case f.Status == http.StatusUnauthorized:
		return "invalid_client"
	case f.Status >= 500:
		return "server_error"
	}
	return "invalid_request"
}

// defaultMessage is the reference's for the status where it has one, else
// HTTP's.
func (f Fault) defaultMessage(now time.Time) string {
	switch f.Status {
	case 400:
		return "Bad request"
	case 401:
		return "Unauthorized"
	case 403:
		s := int(f.wait(now, 24*time.Hour) / time.Second)
		return fmt.Sprintf("Out of call volume quota. Quota will be replenished in %02d:%02d:%02d.", s/3600, s/60%60, s%60)
	case 404:
		return "Resource not found"
	case 408:
		return "Request timeout"
	case 429:
		return fmt.Sprintf("Rate limit is exceeded. Try again in %d seconds.", f.wait(now, 10*time.Second)/time.Second)
	case 430:
		return "Wrong input parameters"
	case passwordExpired:
		return "Password used in the Thermostat official app is expired. Please renew it through the official application."
	case termsNotAccepted:
		return "Terms and conditions for Thermostat official app are expired. Please accept them again through the official application."
	case 486:
		return "Busy visual user interface"
	case 500:
		return "Server internal error"
	}
	if text := http.StatusText(f.Status); text != "" {
		return text
	}
	return fmt.Sprintf("Status %d", f.Status)
}

// wait is how long RetryAfter asks to wait, never less than nothing, or the
// given time where it is absent.
func (f Fault) wait(now time.Time, absent time.Duration) time.Duration {
	if f.RetryAfter == "" {
		return absent
	}
	if at, err := http.ParseTime(f.RetryAfter); err == nil {
		return max(0, at.Sub(now))
	}
	seconds, _ := strconv.Atoi(f.RetryAfter) // a normal fault has a date or a number
	return time.Duration(seconds) * time.Second
}

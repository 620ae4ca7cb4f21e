// Package exchange is what every exchange with the vendor's servers needs,
// calls of the API and of its login alike: the transport, how far a request
// got, what a failure says and how long it asks to wait, with credentials
// hidden.
//
// It must not know what is asked, nor where credentials come from; files, HCL
// and state are unknown here.
package exchange

package cli

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"setpoint/config"
	"setpoint/config/diag"
	"setpoint/internal/durable"
	"setpoint/plan/state"
	"setpoint/plan/state/remote"
	"setpoint/provider"
)

// copiesDir holds the working copies of remote states, beside the configuration:
// a folder for each address that was ever used there.
const copiesDir = ".setpoint/remote"

// backendFile says, in the folder of a working copy, where its state is.
const backendFile = "backend.json"

// backend is the record where the configuration in dir says it is.
func (a *app) backend(dir string, configured config.Backend) (*state.Store, error) {
	if configured.HTTP == nil {
		path := configured.Path
		if dir != "." && !filepath.IsAbs(path) {
			path = filepath.Join(dir, path)
		}
		return state.NewStore(a.Files, path, Version), nil
	}
	completed, err := a.completed(configured.HTTP)
	if err != nil {
		return nil, err
	}
	return a.remoteStore(dir, completed)
}

// place is where the record is, in words.
func (a *app) place(f *recordFlags, configured config.Backend) string {
	switch {
	case f.path != "":
		return f.path
	case configured.HTTP == nil:
		return configured.Path
	}
	address := a.address(configured.HTTP)
	if _, err := remote.ParseAddress(address); err != nil { // a password may be in it
		return "a server that is not named well"
	}
	return address
}

// address is where the state is, as the configuration says, else the environment.
func (a *app) address(b *config.HTTPBackend) string {
	return cmp.Or(b.Address, a.getenv("SETPOINT_HTTP_ADDRESS"), a.getenv("TF_HTTP_ADDRESS"))
}

// completed takes from the environment what the configuration leaves out, within the
// same bounds.
func (a *app) completed(b *config.HTTPBackend) (config.HTTPBackend, error) {
	c := *b
	c.Address = a.address(b)
	for _, part := range []struct {
		into     *string
		variable string
	}{
		{&c.LockAddress, "TF_HTTP_LOCK_ADDRESS"}, {&c.UnlockAddress, "TF_HTTP_UNLOCK_ADDRESS"},
		{&c.UpdateMethod, "TF_HTTP_UPDATE_METHOD"}, {&c.LockMethod, "TF_HTTP_LOCK_METHOD"}, {&c.UnlockMethod, "TF_HTTP_UNLOCK_METHOD"},
	} {
		if *part.into == "" {
			*part.into = a.getenv(part.variable)
		}
	}
	var wrong []string
	for _, part := range []struct {
		into        **int
		variable    string
		least, most int
	}{
		{&c.RetryMax, "TF_HTTP_RETRY_MAX", 0, config.MostRetries},
		{&c.RetryWaitMin, "TF_HTTP_RETRY_WAIT_MIN", config.LeastRetryWait, config.MostRetryWait},
		{&c.RetryWaitMax, "TF_HTTP_RETRY_WAIT_MAX", config.LeastRetryWait, config.MostRetryWait},
	} {
		text := a.getenv(part.variable)
		if text == "" || *part.into != nil {
			continue
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < part.least || n > part.most {
			wrong = append(wrong, fmt.Sprintf("%s must be a whole number from %d to %d.", part.variable, part.least, part.most))
			continue
		}
		*part.into = &n
	}
	if wrong != nil {
		return c, fail("Backend not usable", "In the environment %s", strings.Join(wrong, " "))
	}
	return c, nil
}

// client speaks to the server of a state.
func (a *app) client(dir string, b config.HTTPBackend) (*remote.Client, error) {
	user, password := "SETPOINT_HTTP_USERNAME", "SETPOINT_HTTP_PASSWORD"
	if a.getenv(user) == "" && a.getenv(password) == "" {
		user, password = "TF_HTTP_USERNAME", "TF_HTTP_PASSWORD"
	}
	o := remote.Options{
		Address: b.Address, LockAddress: b.LockAddress, UnlockAddress: b.UnlockAddress,
		UpdateMethod: b.UpdateMethod, LockMethod: b.LockMethod, UnlockMethod: b.UnlockMethod,
		RetryMax: b.RetryMax, RetryWaitMin: seconds(b.RetryWaitMin), RetryWaitMax: seconds(b.RetryWaitMax),
		Username: a.getenv(user), Password: provider.NewSecret(a.getenv(password)), SetpointVersion: Version,
	}
	if b.CACertificates != "" {
		file := b.CACertificates
		if !filepath.IsAbs(file) {
			file = filepath.Join(dir, file)
		}
		content, err := os.ReadFile(file)
		if err != nil {
			return nil, fail("Certificates not readable", "client_ca_certificate_pem: %s: %s.", file, cause(err))
		}
		o.CA = content
	} else if text := a.getenv("TF_HTTP_CLIENT_CA_CERTIFICATE_PEM"); text != "" {
		o.CA = []byte(text)
	}
	client, err := remote.New(o)
	if err != nil {
		return nil, fail("Backend not usable", "The http backend cannot be used:\n  %s\nIts arguments are in the setpoint block, or in TF_HTTP_ADDRESS and the like in the environment.",
			strings.ReplaceAll(err.Error(), "\n", "\n  "))
	}
	if !o.Password.IsZero() {
		if err := a.mayCarryPassword(password, b.Address); err != nil {
			return nil, err
		}
	}
	return client, nil
}

func seconds(n *int) time.Duration {
	if n == nil {
		return 0
	}
	return time.Duration(*n) * time.Second
}

// remoteStore is a state on a server, with its working copy below dir.
func (a *app) remoteStore(dir string, b config.HTTPBackend) (*state.Store, error) {
	client, err := a.client(dir, b)
	if err != nil {
		return nil, err
	}
	folder := filepath.Join(dir, copyFolder(b.Address))
	return state.NewRemoteStore(a.Files, filepath.Join(folder, config.DefaultStatePath), Version, client, func() error { return a.prepareCopy(dir, folder, b) }), nil
}

// copyFolder is the folder of a working copy: each address has one of its own.
func copyFolder(address string) string {
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' {
			return r
		}
		return '_'
	}, path.Base(address))
	sum := sha256.Sum256([]byte(address))
	return filepath.Join(copiesDir, fmt.Sprintf("%.40s-%x", name, sum[:6]))
}

// prepareCopy makes the folder of a working copy, and says in it where the state
// is. Its name is flushed in every folder above, as a journal in it must last.
func (a *app) prepareCopy(dir, folder string, b config.HTTPBackend) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	content, err := json.MarshalIndent(b, "", "  ")
	if err != nil {
		return err
	}
	content = append(content, '\n')
	file := filepath.Join(folder, backendFile)
	if there, err := os.ReadFile(file); err != nil || !bytes.Equal(there, content) {
		if err := durable.ReplaceBytes(a.Files, file, 0o644, content); err != nil {
			return err
		}
	}
	for _, above := range []string{filepath.Join(dir, copiesDir), filepath.Join(dir, filepath.Dir(copiesDir)), dir} {
		if err := a.Files.SyncDir(above); err != nil {
			return err
		}
	}
	return nil
}

// elsewhere is a place where a state was, other than the configured one.
type elsewhere struct {
	place string              // file or address
	http  *config.HTTPBackend // nil: a file
	file  string              // the file, or the working copy
	runs  bool                // it has a journal
}

// others are the states that this folder knows besides the configured one: the
// file in the usual place, and those on servers whose working copies are here.
func (a *app) others(dir string, configured config.Backend) ([]elsewhere, error) {
	var found []elsewhere
	if file := filepath.Join(dir, config.DefaultStatePath); configured.HTTP != nil && exists(file) {
		found = append(found, elsewhere{place: file, file: file})
	}
	copies, err := os.ReadDir(filepath.Join(dir, copiesDir)) // no pattern: dir may have signs of one in it
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, unreadable(err)
	}
	for _, c := range copies {
		record := filepath.Join(dir, copiesDir, c.Name(), backendFile)
		file := filepath.Join(filepath.Dir(record), config.DefaultStatePath)
		if !exists(file) || !exists(record) {
			continue // it was left behind, or never used
		}
		content, err := os.ReadFile(record)
		if err != nil {
			return nil, unreadable(err)
		}
		var b config.HTTPBackend
		if err := json.Unmarshal(content, &b); err != nil {
			return nil, unreadable(fmt.Errorf("read %s: %w", record, err))
		}
		if c.Name() != filepath.Base(copyFolder(b.Address)) {
			continue // it was moved away, as the way out of a lost state is
		}
		if configured.HTTP == nil || a.address(configured.HTTP) != b.Address {
			found = append(found, elsewhere{place: b.Address, http: &b, file: file})
		}
	}
	for i := range found {
		if found[i].runs, err = state.NewStore(a.Files, found[i].file, Version).HasJournal(); err != nil {
			return nil, stateError(err)
		}
	}
	return found, nil
}

func unreadable(err error) error {
	return fail("Folder not readable", "%s.", diag.Capital(err.Error()))
}

// checkElsewhere notices that the backend was changed: a state that is elsewhere
// must not be taken for one that never was, nor the journal of a run be forgotten.
func (a *app) checkElsewhere(f *recordFlags, dir string, absent bool, configured config.Backend) error {
	if f.path != "" {
		return nil
	}
	others, err := a.others(dir, configured)
	if err != nil {
		return err
	}
	for _, o := range others {
		switch {
		case o.runs:
			return fail("Backend changed", "The state is at %s now, but a run with the state at %s did not end, and its journal is still to be taken up. "+
				"Take both over: setpoint init --migrate-state --from %s", a.place(f, configured), o.place, diag.ShellWord(o.place))
		case absent && !f.anew:
			return fail("Backend changed", "There is no state at %s, but there is one at %s. If the place is mistyped, correct it. If it is right, take the state over: "+
				"setpoint init --migrate-state%s. Or, if this is to be another house, begin a new state with: setpoint apply --new-state", a.place(f, configured), o.place, fromFlag(others))
		}
	}
	return nil
}

// fromFlag names the source where there are several.
func fromFlag(others []elsewhere) string {
	if len(others) < 2 {
		return ""
	}
	return " --from " + diag.ShellWord(others[0].place)
}

package language

func httpBackend() Block {
	address := func(name, fallback, doc string) Attribute {
		return Attribute{Name: name, Type: Text, Kind: Constant, Default: fallback, Doc: doc}
	}
	return Block{
		Type: "backend", Label: `"http"`,
		Doc: "Where the state is kept: on a server that speaks the protocol of Terraform's http backend, such as GitLab, Gitea or `setpoint state serve`. " +
			"User name and password come from the environment, `SETPOINT_HTTP_USERNAME` and `SETPOINT_HTTP_PASSWORD` or `TF_HTTP_USERNAME` and `TF_HTTP_PASSWORD`, never from here. " +
			"They are sent to this machine, and to the host that `SETPOINT_HTTP_ADDRESS` or `TF_HTTP_ADDRESS` names in the environment, to no other: so whoever changes `address` here cannot have them sent elsewhere. " +
			"What is left out is taken from `TF_HTTP_ADDRESS` and the like, where they are set.",
		Example: `setpoint {
  backend "http" {
    address        = "https://gitlab.example/api/v4/projects/1/terraform/state/house"
    lock_address   = "https://gitlab.example/api/v4/projects/1/terraform/state/house/lock"
    unlock_address = "https://gitlab.example/api/v4/projects/1/terraform/state/house/lock"
    lock_method    = "POST"
    unlock_method  = "DELETE"
  }
}
`,
		Attributes: []Attribute{
			address("address", "`SETPOINT_HTTP_ADDRESS` or `TF_HTTP_ADDRESS` in the environment", "Where the state is read and written: `https`, or `http` to this machine; without user, query and fragment."),
			address("lock_address", "`TF_HTTP_LOCK_ADDRESS`, else there is no lock", "Where it is locked, on the same host. Without it nothing keeps two runs apart."),
			address("unlock_address", "`TF_HTTP_UNLOCK_ADDRESS`, else `lock_address`", "Where it is unlocked, on the same host."),
			address("update_method", "`TF_HTTP_UPDATE_METHOD`, else `\"POST\"`", "The method of writing."),
			address("lock_method", "`TF_HTTP_LOCK_METHOD`, else `\"LOCK\"`", "The method of locking."),
			address("unlock_method", "`TF_HTTP_UNLOCK_METHOD`, else `\"UNLOCK\"`", "The method of unlocking."),
			{
				Name: "retry_max", Type: Whole, Kind: Constant, Range: Range{Min: "0", Max: "100"}, Default: "`TF_HTTP_RETRY_MAX`, else `2`",
				Doc: "How often a request is tried again.",
			},
			{
				Name: "retry_wait_min", Type: Whole, Kind: Constant, Range: Range{Min: "1", Max: "3600", Unit: "seconds"}, Default: "`TF_HTTP_RETRY_WAIT_MIN`, else `1`",
				Doc: "The wait before the second try. It doubles with each.",
			},
			{
				Name: "retry_wait_max", Type: Whole, Kind: Constant, Range: Range{Min: "1", Max: "3600", Unit: "seconds"}, Default: "`TF_HTTP_RETRY_WAIT_MAX`, else `30`",
				Doc: "What the doubling stops at.",
			},
			{
				Name: "client_ca_certificate_pem", Type: Text, Kind: Constant, Default: "the certificates in `TF_HTTP_CLIENT_CA_CERTIFICATE_PEM`, else the system's",
				Doc: "A file of the certificates, in PEM, that the server's is trusted by, relative to the folder of the configuration.",
			},
		},
	}
}

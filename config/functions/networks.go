package functions

import (
	"errors"
	"math/big"
	"net"
	"strings"

	"github.com/apparentlymart/go-cidr/cidr"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

func networks() map[string]function.Function {
	return map[string]function.Function{
		"cidrhost":    cidrHost(),
		"cidrnetmask": textFunc("prefix", netmask),
		"cidrsubnet":  cidrSubnet(),
		"cidrsubnets": cidrSubnets(),
	}
}

// network parses a prefix. Zeros before an octet are no octal numbers.
func network(prefix string) (*net.IPNet, error) {
	address, length, _ := strings.Cut(prefix, "/")
	if !strings.Contains(address, ":") {
		octets := strings.Split(address, ".")
		for i, octet := range octets {
			if short := strings.TrimLeft(octet, "0"); short != "" {
				octets[i] = short
			} else if octet != "" {
				octets[i] = "0"
			}
		}
		address = strings.Join(octets, ".")
	}
	_, parsed, err := net.ParseCIDR(address + "/" + length)
	if err != nil {
		return nil, errors.New("write a prefix like 192.168.0.0/16")
	}
	return parsed, nil
}

func netmask(prefix string) (string, error) {
	n, err := network(prefix)
	if err != nil {
		return "", err
	}
	if len(n.Mask) != net.IPv4len {
		return "", errors.New("only IPv4 prefixes are written as masks")
	}
	return net.IP(n.Mask).String(), nil
}

// whole gives an argument as a whole number.
func whole(args []cty.Value, i int) (*big.Int, error) {
	n, accuracy := args[i].AsBigFloat().Int(nil)
	if accuracy != big.Exact {
		return nil, function.NewArgErrorf(i, "a whole number is needed")
	}
	return n, nil
}

// newBits gives an argument as a number of bits to extend a prefix by.
func newBits(args []cty.Value, i, least, most int) (int, error) {
	n, err := whole(args, i)
	if err != nil {
		return 0, err
	}
	if !n.IsInt64() || n.Int64() < int64(least) || n.Int64() > int64(most) {
		return 0, function.NewArgErrorf(i, "a prefix is extended by %d to %d bits", least, most)
	}
	return int(n.Int64()), nil
}

func cidrHost() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "prefix", Type: cty.String}, {Name: "hostnum", Type: cty.Number}},
		Type:   function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			base, err := network(args[0].AsString())
			if err != nil {
				return cty.NilVal, function.NewArgError(0, err)
			}
			number, err := whole(args, 1)
			if err != nil {
				return cty.NilVal, err
			}
			host, err := cidr.HostBig(base, number)
			if err != nil {
				return cty.NilVal, function.NewArgError(1, err)
			}
			return cty.StringVal(host.String()), nil
		},
	})
}

func cidrSubnet() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "prefix", Type: cty.String}, {Name: "newbits", Type: cty.Number}, {Name: "netnum", Type: cty.Number}},
		Type:   function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			base, err := network(args[0].AsString())
			if err != nil {
				return cty.NilVal, function.NewArgError(0, err)
			}
			bits, err := newBits(args, 1, 0, 128)
			if err != nil {
				return cty.NilVal, err
			}
			number, err := whole(args, 2)
			if err != nil {
				return cty.NilVal, err
			}
			if number.Sign() < 0 || number.BitLen() > bits {
				return cty.NilVal, function.NewArgErrorf(2, "%d bits do not number that many networks", bits)
			}
			subnet, err := cidr.SubnetBig(base, bits, number)
			if err != nil {
				return cty.NilVal, function.NewArgError(1, err)
			}
			return cty.StringVal(subnet.String()), nil
		},
	})
}

// cidrSubnets lays networks of the given sizes one after the other.
func cidrSubnets() function.Function {
	return function.New(&function.Spec{
		Params:   []function.Parameter{{Name: "prefix", Type: cty.String}},
		VarParam: &function.Parameter{Name: "newbits", Type: cty.Number},
		Type:     function.StaticReturnType(cty.List(cty.String)),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			base, err := network(args[0].AsString())
			if err != nil {
				return cty.NilVal, function.NewArgError(0, err)
			}
			length, total := base.Mask.Size()
			var subnets []cty.Value
			var last *net.IPNet
			for i := 1; i < len(args); i++ {
				bits, err := newBits(args, i, 1, min(32, max(1, total-length)))
				if err != nil {
					return cty.NilVal, err
				}
				if length+bits > total {
					return cty.NilVal, function.NewArgErrorf(i, "the prefix has no bits left")
				}
				beyond := false
				if last == nil {
					last, err = cidr.Subnet(base, bits, 0)
				} else {
					last, beyond = cidr.NextSubnet(last, length+bits)
				}
				if err != nil || beyond || !base.Contains(last.IP) {
					return cty.NilVal, function.NewArgErrorf(i, "the prefix has no room left for this network")
				}
				subnets = append(subnets, cty.StringVal(last.String()))
			}
			if subnets == nil {
				return cty.ListValEmpty(cty.String), nil
			}
			return cty.ListVal(subnets), nil
		},
	})
}

using System.Globalization;
using System.Text;
using Engine.Kernels.Errors;
using Engine.Kernels.Soap;

namespace Engine.Core.Gap;

/// <summary>
/// The text by which QUIP's programs name a descriptor: its type, then key=value, values with spaces in braces or quotes ("soap cutoff=5.0 l_max=6 species_Z={8 72}").
/// Keys that mean nothing to a descriptor (zeta, delta …) are skipped, as QUIP does.
/// </summary>
public sealed class DescriptorText
{
    private readonly Dictionary<string, string> values = [];

    /// <exception cref="InputException">A brace or quote is not closed.</exception>
    public DescriptorText(string text)
    {
        Text = text.Trim();
        foreach (var token in Tokens(Text))
        {
            var equals = token.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                values[token[..equals].Trim()] = token[(equals + 1)..].Trim();
            }
            else if (Type.Length == 0)
            {
                Type = token;
            }
        }
    }

    /// <summary>As it was given.</summary>
    public string Text { get; }

    /// <summary>"soap", "distance_2b" …</summary>
    public string Type { get; } = "";

    public bool Has(string key) => values.ContainsKey(key);

    public string? Get(string key) => values.GetValueOrDefault(key);

    /// <exception cref="InputException">There and no number.</exception>
    public double Number(string key, double? fallback = null)
    {
        if (!values.TryGetValue(key, out var text))
        {
            return fallback ?? throw Missing(key);
        }
        return Parse(text) ?? throw Wrong(key, text, "a number");
    }

    /// <exception cref="InputException">There and no integer.</exception>
    public int Integer(string key, int? fallback = null)
    {
        if (!values.TryGetValue(key, out var text))
        {
            return fallback ?? throw Missing(key);
        }
        return int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var value) ? value : throw Wrong(key, text, "an integer");
    }

    /// <exception cref="InputException">There and neither T nor F.</exception>
    public bool Flag(string key, bool fallback) => !values.TryGetValue(key, out var text) ? fallback : text.ToUpperInvariant().Trim('.') switch
    {
        "T" or "TRUE" or "YES" or "1" or "" => true,
        "F" or "FALSE" or "NO" or "0" => false,
        _ => throw Wrong(key, text, "T or F"),
    };

    /// <summary>Numbers between spaces.</summary>
    /// <exception cref="InputException">One is none.</exception>
    public double[] Numbers(string key) =>
        [.. (Get(key) ?? "").Split([' ', '\t', '\n', ','], StringSplitOptions.RemoveEmptyEntries).Select(t => Parse(t) ?? throw Wrong(key, Get(key)!, "numbers"))];

    /// <summary>A descriptor of type soap.</summary>
    /// <param name="version">Of the potential that holds it: the value of gap_version, or that of a new one.</param>
    /// <exception cref="InputException">A value is out of range, or the descriptor is of a variety that is not known here.</exception>
    public SoapSettings ToSoap(int version = SoapSettings.FirstVersionWithCentreInItsOwnChannel)
    {
        foreach (var (key, plain) in new[] { ("nu_R", "2"), ("nu_S", "2"), ("K", "0"), ("mix_shift", "0"), ("Z_map", ""), ("radial_basis", "EQUISPACED_GAUSS") })
        {
            if (Get(key) is { Length: > 0 } found && !found.Equals(plain, StringComparison.OrdinalIgnoreCase))
            {
                throw Unsupported($"{key}={found}");
            }
        }
        foreach (var key in new[] { "R_mix", "Z_mix", "sym_mix" })
        {
            if (Flag(key, false))
            {
                throw Unsupported($"{key}=T");
            }
        }
        if (Flag("average", false))
        {
            throw Unsupported("average=T");
        }
        if (!Flag("coupling", true))
        {
            throw Unsupported("coupling=F");
        }
        if (Has("species_Z") && !Has("n_species"))
        {
            throw new InputException($"descriptor '{Text}' has species_Z without n_species; expected both; add n_species");
        }
        int[] neighbours = Has("species_Z") ? Species("species_Z", Integer("n_species")) : [];
        int[] centres = Has("Z") ? Species("Z", Integer("n_Z", 1)) : [];
        var settings = new SoapSettings
        {
            Cutoff = Number("cutoff"),
            TransitionWidth = Number("cutoff_transition_width", 0.5),
            NMax = Integer("n_max"),
            LMax = Integer("l_max"),
            AtomSigma = Number(Has("atom_gaussian_width") ? "atom_gaussian_width" : "atom_sigma"),
            CentralWeight = Number("central_weight", 1),
            CentralReferenceAllSpecies = Flag("central_reference_all_species", false),
            CovarianceSigma0 = Number("covariance_sigma0", 0),
            Normalise = Flag(Has("normalize") ? "normalize" : "normalise", true),
            BasisErrorExponent = Number("basis_error_exponent", 10),
            DecayExponent = Number("cutoff_dexp", 0),
            DecayScale = Number("cutoff_scale", 1),
            DecayRate = Number("cutoff_rate", 1),
            DiagonalRadial = Flag("diagonal_radial", false),
            Centres = centres is [0] ? [] : centres,
            Neighbours = neighbours is [0] ? [] : neighbours,
            Version = version,
        };
        settings.Check();
        return settings;
    }

    private int[] Species(string key, int count)
    {
        var numbers = Numbers(key);
        return numbers.Length == count && numbers.All(z => z >= 0 && z == Math.Floor(z))
            ? [.. numbers.Select(z => (int)z)]
            : throw Wrong(key, Get(key)!, $"{count} atomic numbers");
    }

    /// <summary>A finite number as Fortran or C writes it.</summary>
    internal static double? Parse(string text) =>
        double.TryParse(text.Replace('D', 'E').Replace('d', 'e'), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value : null;

    private static IEnumerable<string> Tokens(string text)
    {
        var token = new StringBuilder();
        var closing = new Stack<char>();
        foreach (var c in text)
        {
            if (closing.Count == 0 && char.IsWhiteSpace(c))
            {
                if (token.Length > 0)
                {
                    yield return token.ToString();
                    token.Clear();
                }
                continue;
            }
            if (closing.Count > 0 && c == closing.Peek())
            {
                closing.Pop();
                if (closing.Count == 0)
                {
                    continue;
                }
            }
            else if (c is '{' or '"' or '\'')
            {
                closing.Push(c == '{' ? '}' : c);
                if (closing.Count == 1)
                {
                    continue;
                }
            }
            token.Append(c);
        }
        if (closing.Count > 0)
        {
            throw new InputException($"descriptor '{text}' opens what it does not close, expected a '{closing.Peek()}'; add it");
        }
        if (token.Length > 0)
        {
            yield return token.ToString();
        }
    }

    private InputException Missing(string key) => new($"descriptor '{Text}' has no {key}; expected {key}=…; add it");

    private InputException Wrong(string key, string found, string expected) => new($"descriptor '{Text}' has {key}={found}; expected {expected}");

    private InputException Unsupported(string what) =>
        new($"descriptor '{Text}' has {what}, a compressed or other variety that is not implemented; expected plain soap; fit without it");
}

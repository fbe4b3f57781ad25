using System.Globalization;
using System.Security.Cryptography;
using System.Xml;
using System.Xml.Linq;
using Engine.Kernels.Errors;

namespace Engine.Core.Gap;

/// <summary>
/// Reads potentials as QUIP writes them: XML, sparse points beside it in plain text or inside it. Trap: signal_variance is δ, not δ²; a missing gap_version is 0, which means the
/// oldest convention of soap.
/// </summary>
public static class GapFile
{
    /// <summary>What a missing gap_version means: the oldest convention.</summary>
    private const int Unversioned = 0;

    /// <summary>Whether a file is XML by its name.</summary>
    public static bool IsXml(string path) => Path.GetExtension(path).Equals(".xml", StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads a potential.</summary>
    /// <param name="path">The XML file.</param>
    /// <param name="label">Which one, where a file holds several; null for the first.</param>
    /// <exception cref="InputException">The file or one it names cannot be read or is not understood.</exception>
    public static GapModel Read(string path, string? label = null)
    {
        var root = Load(path);
        try
        {
            return Parse(root, path, label);
        }
        catch (InputException error) when (!error.Message.StartsWith(path, StringComparison.Ordinal))
        {
            throw new InputException($"{path}: {error.Message}", error);
        }
    }

    internal static double Number(XElement element, string attribute)
    {
        var text = Text(element, attribute);
        return DescriptorText.Parse(text) ?? throw Wrong(element, attribute, text, "a number");
    }

    internal static int Integer(XElement element, string attribute)
    {
        var text = Text(element, attribute);
        return int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var value) ? value : throw Wrong(element, attribute, text, "an integer");
    }

    internal static XElement Load(string path)
    {
        try
        {
            using var reader = XmlReader.Create(path, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            return XDocument.Load(reader, LoadOptions.SetLineInfo).Root!;
        }
        catch (XmlException error)
        {
            throw new InputException($"{path} line {Math.Max(1, error.LineNumber)} is not valid XML: {error.OneLine()}; expected a potential as QUIP writes it", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"cannot read the potential {path}: {error.OneLine()}; check the path", error);
        }
    }

    private static GapModel Parse(XElement root, string path, string? label)
    {
        var all = root.DescendantsAndSelf("GAP_params").ToArray();
        var stanza = (label is null ? all.FirstOrDefault() : all.FirstOrDefault(e => (string?)e.Attribute("label") == label))
            ?? throw new InputException(label is null || all.Length == 0
                ? "there is no element GAP_params; expected a GAP potential as QUIP writes it"
                : $"there is no potential labelled {label}; expected one of {string.Join(", ", all.Select(e => (string?)e.Attribute("label")))}");
        var name = (string?)stanza.Attribute("label") ?? root.Name.LocalName;
        var version = stanza.Attribute("gap_version") is null ? Unversioned : Integer(stanza, "gap_version");
        var data = stanza.Element("GAP_data") ?? throw new InputException($"potential {name} has no element GAP_data; expected the energies of free atoms; the file is cut off or damaged");
        var files = new List<string> { path };
        GapSparseSet[] sets = [.. stanza.Elements("gpSparse").SelectMany(e => e.Elements("gpCoordinates")).Select(e => ParseSet(e, path, version, files))];
        if (sets.Length == 0)
        {
            throw new InputException($"potential {name} has no element gpCoordinates; expected at least one; the file is cut off or damaged");
        }
        var freeAtoms = FreeAtoms(data);
        var unknown = sets.SelectMany(set => set.Elements).Where(z => !freeAtoms.ContainsKey(z)).Distinct().Order().ToArray();
        if (unknown.Length > 0)
        {
            throw new InputException(
                $"potential {name} has no e0 for {string.Join(", ", unknown.Select(Units.Elements.SymbolOf))}, which its descriptors name; expected the energy of each free atom under GAP_data; the file is cut off or damaged");
        }
        var glue = (string?)data.Attribute("do_core") is "T" or "t"
            ? root.Descendants("Glue_params").FirstOrDefault()
                ?? throw new InputException($"potential {name} has do_core=\"T\" but no Glue_params; expected the core potential in the same file; other core potentials are not implemented")
            : null;
        return new()
        {
            Label = name,
            Version = version,
            FreeAtoms = freeAtoms,
            EnergyScale = EnergyScale(root, name),
            Sets = sets,
            Core = glue is null ? null : new(glue),
            CoreStanza = glue,
            Training = (string?)stanza.Element("command_line"),
            Files = files,
        };
    }

    /// <summary>E_scale of the arguments that start this potential, which may be one of a sum: "Sum init_args_pot1={…} init_args_pot2={IP GAP label=… E_scale=…}".</summary>
    private static double EnergyScale(XElement root, string name)
    {
        foreach (var arguments in root.DescendantsAndSelf("Potential").Select(e => (string?)e.Attribute("init_args")).OfType<string>().Select(a => new DescriptorText(a)))
        {
            foreach (var part in new[] { arguments, new(arguments.Get("init_args_pot1") ?? ""), new(arguments.Get("init_args_pot2") ?? "") })
            {
                if (part.Type == "IP" && (part.Get("label") ?? name) == name && part.Has("E_scale"))
                {
                    return part.Number("E_scale");
                }
            }
        }
        return 1;
    }

    private static Dictionary<int, double> FreeAtoms(XElement data)
    {
        var energies = new Dictionary<int, double>();
        if (data.Attribute("e0") is not null)
        {
            var all = Number(data, "e0");
            for (var z = 1; z <= Units.Elements.Count; z++)
            {
                energies[z] = all;
            }
        }
        foreach (var e in data.Elements("e0"))
        {
            energies[Integer(e, "Z")] = Number(e, "value");
        }
        return energies;
    }

    private static GapSparseSet ParseSet(XElement element, string path, int version, List<string> files)
    {
        var dimensions = Integer(element, "dimensions");
        var count = Integer(element, "n_sparseX");
        var type = Integer(element, "covariance_type");
        if (type is not (1 or 2))
        {
            throw new InputException($"covariance_type is {type}; expected 1 (Gaussian) or 2 (dot product), others are not implemented");
        }
        if (dimensions < 1 || count < 1)
        {
            throw Wrong(element, "n_sparseX", $"{count} of {dimensions} dimensions", "at least one of each");
        }
        var descriptor = new DescriptorText(element.Element("descriptor")?.Value ?? throw new InputException("gpCoordinates has no element descriptor; expected one; the file is cut off or damaged"));
        var soap = descriptor.Type switch
        {
            "soap" => descriptor.ToSoap(version),
            "distance_2b" => null,
            _ => throw new InputException($"descriptor '{descriptor.Text}' is of type '{descriptor.Type}'; expected soap or distance_2b, others are not implemented"),
        };
        if (soap is not null && soap.Length != dimensions)
        {
            throw new InputException($"descriptor '{descriptor.Text}' has {soap.Length} components, but the file says {dimensions}; expected the same; the file is damaged");
        }
        if (soap is not null && type != 2)
        {
            throw new InputException($"descriptor '{descriptor.Text}' has covariance_type {type}; expected 2 (dot product) for soap");
        }
        var entries = element.Elements("sparseX").OrderBy(e => Integer(e, "i")).ToArray();
        if (entries.Length != count)
        {
            throw new InputException($"descriptor '{descriptor.Text}' has {entries.Length} elements sparseX, but n_sparseX is {count}; expected the same; the file is cut off or damaged");
        }
        var points = element.Attribute("sparseX_filename") is { } file
            ? ReadPoints(Path.Combine(Path.GetDirectoryName(path) ?? "", Path.GetFileName(file.Value.Replace('\\', '/'))), count, dimensions, (string?)element.Attribute("sparseX_md5sum"), files)
            : [.. entries.SelectMany(e => InlinePoint(e, dimensions))];
        var theta = Numbers(element.Element("theta"));
        if (type == 1 && theta.Length != dimensions)
        {
            throw new InputException($"descriptor '{descriptor.Text}' has {theta.Length} theta; expected {dimensions}; the file is damaged");
        }
        var zeta = element.Attribute("zeta") is null ? 1 : Number(element, "zeta");
        if (!(zeta > 0) || theta.Any(t => !(t > 0)))
        {
            throw new InputException($"descriptor '{descriptor.Text}' has zeta {zeta} and theta {string.Join(' ', theta)}; expected positive numbers; the file is damaged");
        }
        return new()
        {
            Descriptor = descriptor,
            Covariance = (GapCovariance)type,
            Delta = Number(element, "signal_variance"),
            Mean = element.Attribute("signal_mean") is null ? 0 : Number(element, "signal_mean"),
            Zeta = zeta,
            Theta = theta,
            Permutations = [.. element.Elements("permutation").Select(Numbers).Where(p => p.Length == dimensions && dimensions > 1).Select(p => Array.ConvertAll(p, i => (int)i - 1))],
            Dimensions = dimensions,
            Points = points,
            Weights = [.. entries.Select(e => Number(e, "alpha"))],
            Cutoffs = [.. entries.Select(e => Number(e, "sparseCutoff"))],
            Soap = soap,
        };
    }

    private static double[] ReadPoints(string path, int count, int dimensions, string? md5, List<string> files)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"cannot read the sparse points {path}: {error.OneLine()}; they belong beside the XML file", error);
        }
        files.Add(path);
#pragma warning disable CA5351 // The check that the format has: against accidents, not against people.
        if (md5 is { Length: > 0 } && !Convert.ToHexString(MD5.HashData(bytes)).Equals(md5, StringComparison.OrdinalIgnoreCase))
#pragma warning restore CA5351
        {
            throw new InputException($"the sparse points {path} are not those that the potential names: their MD5 sum differs from {md5}; expected the file that was written with it");
        }
        var points = new double[(long)count * dimensions];
        var (line, filled) = (0, 0);
        foreach (var range in bytes.AsSpan().Split((byte)'\n'))
        {
            line++;
            var text = System.Text.Encoding.ASCII.GetString(bytes.AsSpan()[range]).Trim();
            if (text.Length == 0)
            {
                continue;
            }
            if (filled == points.Length || DescriptorText.Parse(text) is not { } value)
            {
                throw new InputException($"{path} line {line}: found '{text}'; expected {(filled == points.Length ? $"no more than {count} × {dimensions} numbers" : "one number")}");
            }
            points[filled++] = value;
        }
        return filled == points.Length ? points : throw new InputException($"{path} holds {filled} numbers; expected {count} × {dimensions} = {points.Length}; the file is cut off");
    }

    private static double[] InlinePoint(XElement entry, int dimensions)
    {
        var slices = entry.Elements("sparseX_slice").OrderBy(e => Integer(e, "start")).ToArray();
        double[] point = slices.Length > 0 ? [.. slices.SelectMany(Numbers)] : Numbers(entry);
        return point.Length == dimensions
            ? point
            : throw new InputException($"{Line(entry)}sparseX {(string?)entry.Attribute("i")} has {point.Length} components; expected {dimensions}; the file is damaged");
    }

    private static double[] Numbers(XElement? element) =>
    [
        .. (element?.Value ?? "").Split([' ', '\t', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries)
            .Select(t => DescriptorText.Parse(t) ?? throw new InputException($"{Line(element!)}element {element!.Name} holds '{t}'; expected numbers")),
    ];

    private static string Text(XElement element, string attribute) => (string?)element.Attribute(attribute)
        ?? throw new InputException($"{Line(element)}element {element.Name} has no attribute {attribute}; expected one; the file is cut off or damaged");

    private static InputException Wrong(XElement element, string attribute, string found, string expected) =>
        new($"{Line(element)}attribute {attribute} of {element.Name} is '{found}'; expected {expected}");

    private static string Line(XElement element) => ((IXmlLineInfo)element).HasLineInfo() ? $"line {((IXmlLineInfo)element).LineNumber}: " : "";
}

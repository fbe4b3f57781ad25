using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Engine.Core.Files;
using Engine.Kernels.Errors;

namespace Engine.Core.Gap;

/// <summary>
/// Writes potentials as QUIP reads them: the XML file, and the sparse points of each set beside it, one number a line. Numbers have as many digits as it takes to read the same
/// double back. Files are whole at any moment, the XML is the last to appear; then sparse points go that only the XML before it named.
/// </summary>
public static class GapFileWriter
{
    /// <param name="path">The XML file.</param>
    /// <param name="model">The potential.</param>
    /// <exception cref="RunFailedException">A file cannot be written; older ones are untouched.</exception>
    public static void Write(string path, GapModel model)
    {
        var former = PointsOf(path);
        var coordinates = new List<XElement>();
        for (var t = 0; t < model.Sets.Count; t++)
        {
            var label = FormattableString.Invariant($"{model.Label}{t + 1}");
            var points = $"{path}.sparseX.{label}";
            var bytes = Encoding.ASCII.GetBytes(string.Concat(model.Sets[t].Points.Select(x => x.ToString("E16", CultureInfo.InvariantCulture) + "\n")));
            WholeFile.Write(points, file => File.WriteAllBytes(file, bytes));
            coordinates.Add(Coordinates(model.Sets[t], label, Path.GetFileName(points), bytes));
        }
        var core = model.CoreStanza is null ? null : new XElement(model.CoreStanza);
        var arguments = string.Create(CultureInfo.InvariantCulture, $"IP GAP label={model.Label}{(model.EnergyScale == 1 ? "" : $" E_scale={model.EnergyScale:R}")}");
        var root = new XElement(
            model.Label,
            new XElement(
                "Potential",
                new XAttribute("label", model.Label),
                new XAttribute("init_args", core is null ? arguments : $"Sum init_args_pot1={{IP Glue}} init_args_pot2={{{arguments}}}")),
            core,
            new XElement(
                "GAP_params",
                new XAttribute("label", model.Label),
                new XAttribute("gap_version", model.Version),
                new XElement(
                    "GAP_data",
                    new XAttribute("do_core", core is null ? "F" : "T"),
                    model.FreeAtoms.OrderBy(e => e.Key).Select(e => new XElement("e0", new XAttribute("Z", e.Key), new XAttribute("value", Text(e.Value))))),
                new XElement(
                    "gpSparse",
                    new XAttribute("label", model.Label),
                    new XAttribute("n_coordinate", model.Sets.Count),
                    new XAttribute("fitted", "T"),
                    coordinates),
                model.Training is null ? null : new XElement("command_line", new XCData(model.Training))));
        WholeFile.WriteText(path, root + "\n");
        DeleteUnnamed(path, former);
    }

    /// <summary>Files of sparse points that an XML file names and that bear its name.</summary>
    private static string[] PointsOf(string path)
    {
        try
        {
            return !File.Exists(path) ? [] :
            [
                .. GapFile.Load(path).Descendants("gpCoordinates").Select(set => (string?)set.Attribute("sparseX_filename")).OfType<string>()
                    .Where(name => name == Path.GetFileName(name) && name.StartsWith($"{Path.GetFileName(path)}.sparseX.", StringComparison.Ordinal)),
            ];
        }
        catch (InputException)
        {
            return [];
        }
    }

    /// <summary>A copy of the former potential under another name still needs its points.</summary>
    private static void DeleteUnnamed(string path, string[] former)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        foreach (var name in former)
        {
            try
            {
                if (!Directory.EnumerateFiles(folder, "*.xml").Any(xml => File.ReadAllText(xml).Contains(name, StringComparison.Ordinal)))
                {
                    File.Delete(Path.Combine(folder, name));
                }
            }
            catch (Exception error) when (WholeFile.IsRefusal(error))
            {
                // The potential is written; what is left over harms nobody.
            }
        }
    }

    private static XElement Coordinates(GapSparseSet set, string label, string file, byte[] points)
    {
        int[][] permutations = set.Permutations.Length > 0 ? set.Permutations : [set.Soap is null ? [.. Enumerable.Range(0, set.Dimensions)] : [0]];
#pragma warning disable CA5351 // The check that the format has: against accidents, not against people.
        var md5 = Convert.ToHexStringLower(MD5.HashData(points));
#pragma warning restore CA5351
        return new(
            "gpCoordinates",
            new XAttribute("label", label),
            new XAttribute("dimensions", set.Dimensions),
            new XAttribute("signal_variance", Text(set.Delta)),
            new XAttribute("signal_mean", Text(set.Mean)),
            new XAttribute("sparsified", "T"),
            new XAttribute("n_permutations", permutations.Length),
            new XAttribute("covariance_type", (int)set.Covariance),
            set.Covariance == GapCovariance.DotProduct ? new XAttribute("zeta", Text(set.Zeta)) : null,
            new XAttribute("n_sparseX", set.Count),
            new XAttribute("sparseX_filename", file),
            new XAttribute("sparseX_md5sum", md5),
            set.Theta.Length > 0 ? new XElement("theta", string.Join(' ', set.Theta.Select(Text))) : null,
            new XElement("descriptor", set.Descriptor.Text),
            permutations.Select((p, i) => new XElement("permutation", new XAttribute("i", i + 1), string.Join(' ', p.Select(k => k + 1)))),
            set.Weights.Select((alpha, s) => new XElement(
                "sparseX", new XAttribute("i", s + 1), new XAttribute("alpha", Text(alpha)), new XAttribute("sparseCutoff", Text(set.Cutoffs[s])))));
    }

    private static string Text(double value) => value.ToString("E16", CultureInfo.InvariantCulture);
}

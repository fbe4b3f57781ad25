using System.Security.Cryptography;
using System.Text.Json.Serialization;
using Engine.Core.Gap;
using Engine.Core.Soap;
using Engine.Kernels.Errors;

namespace Engine.Core.Potentials.Terms;

/// <summary>"gap": a Gaussian approximation potential in QUIP's XML file, with the energies of free atoms. In units of metal.</summary>
public sealed record GapTerm : PotentialTerm
{
    /// <summary>The XML file; its sparse points lie beside it.</summary>
    public required string File { get; init; }

    /// <summary>Which potential, where the file holds several; by default the first.</summary>
    public string? Label { get; init; }

    /// <summary>SHA-256 of the file and its sparse points; stated, it has to fit.</summary>
    public string? FileHash { get; init; }

    /// <summary>What was read.</summary>
    [JsonIgnore]
    public GapModel? Model { get; init; }

    /// <summary>The same term with its files read; what is left of their path is the name, so that they may be moved.</summary>
    internal GapTerm Read(string folder)
    {
        var path = Path.Combine(folder, File);
        var model = Model ?? GapFile.Read(path, Label);
        var hash = Hash(model);
        return FileHash is null || FileHash == hash
            ? this with { File = Path.GetFileName(path), FileHash = hash, Model = model }
            : throw new InputException($"{path} has changed: the SHA-256 of it and its sparse points is {hash}, the potential states {FileHash}; restore the files or remove fileHash");
    }

    internal override void AddTo(PotentialBuilder builder)
    {
        var model = Model ?? throw new InputException($"potential {builder.Name}: the GAP file {File} has not been read; load the potential from a file");
        if (builder.Units.Name != "metal")
        {
            throw new InputException($"potential {builder.Name} is in {builder.Units.Name} units and has a gap term; expected metal: GAP files are in eV and Å");
        }
        builder.AddForceTerm(new GapForce(model, builder.Species, builder.MinimumDistance));
        var atomicNumbers = SoapDescriptors.AtomicNumbers(builder.Species);
        for (var a = 0; a < builder.Count; a++)
        {
            builder.SelfEnergies[a] += model.FreeAtoms[atomicNumbers[a]];
        }
    }

    private static string Hash(GapModel model)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in model.Files)
        {
            hash.AppendData(System.IO.File.ReadAllBytes(file));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}

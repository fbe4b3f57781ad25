using System.Text.Json;
using Engine.Core.Potentials;
using Engine.Core.Units;
using Engine.Kernels.Geometry;
using Xunit;

namespace Engine.Tests.Core.Potentials;

/// <summary>Energies, forces and virials against LAMMPS, with its constants. Tolerances: it prints 12 digits; its Ewald sum was run at 1e-8.</summary>
public class LammpsReferenceTests
{
    private const string LennardJonesCut =
        """{ "name": "lj", "units": "lj", "species": { "A": { "mass": 1 } }, "terms": [ { "type": "lennardJones", "cutoff": 2.5, "shift": "SHIFT", "pairs": { "A-A": { "epsilon": 1, "sigma": 1 } } } ] }""";

    private const string Dsf = """{ "type": "coulombDsf", "alpha": 0.2, "cutoff": 8 }""";

    [SkippableTheory]
    [InlineData("lj_108_cut", 1e-9, 1e-6, 1e-8)]
    [InlineData("lj_108_cutshift", 1e-9, 1e-6, 1e-8)]
    [InlineData("hfo2_96_buckonly", 1e-9, 1e-6, 1e-8)]
    [InlineData("hfo2_96_buck_dsf", 1e-9, 1e-6, 1e-8)]
    // Polynomial erfc of coul/dsf, error 1.5e-7: energies agree to 2.5e-8, forces to 1e-5.
    [InlineData("hfo2_96_dsfonly", 3e-8, 1e-5, 1e-6)]
    [InlineData("hfo2_96_buck_ewald", 2e-7, 1e-5, 1e-5)]
    public void OracleMatches(string name, double energyTolerance, double forceTolerance, double virialTolerance)
    {
        Skip.If(Cells.SharedData("lammps-reference.json") is null, "reference data ../shared/data/md absent");
        using var json = JsonDocument.Parse(File.ReadAllText(Cells.SharedData("lammps-reference.json")!));
        var reference = json.RootElement.GetProperty(name);
        var lj = name.StartsWith("lj", StringComparison.Ordinal);
        var species = lj ? Cells.OneKind : Cells.HafniumOxygen;
        var units = lj ? UnitSystem.LennardJones : UnitSystem.LammpsMetal;
        var model = Cells.Model(Potential(name), species, units);
        var configuration = Cells.ReadLammps(Cells.SharedData(reference.GetProperty("data").GetString()!)!, species);

        var found = PairOracle.Evaluate(configuration, model);

        Cells.Near(reference.GetProperty("pe").GetDouble(), found.Energy, energyTolerance);
        var v = reference.GetProperty("virial_xx_yy_zz_xy_xz_yz").EnumerateArray().Select(e => e.GetDouble()).ToArray();
        Cells.Near(new SymmetricTensor(v[0], v[1], v[2], v[3], v[4], v[5]), found.Virial, virialTolerance);
        var forces = Cells.ReadForces(Cells.SharedData(name + ".forces")!);
        Assert.Equal(forces.Length, found.Forces.Length);
        for (var i = 0; i < forces.Length; i++)
        {
            Assert.Equal(forces[i], found.Forces[i], forceTolerance);
        }
    }

    /// <summary>born/coul/dsf uses an exact erfc; all printed digits of its Coulomb energy.</summary>
    [SkippableFact]
    public void DsfEnergyWithExactErfc()
    {
        var file = Cells.SharedData("hfo2_96.data");
        Skip.If(file is null, "reference data ../shared/data/md absent");
        var model = Cells.Model(Cells.HafniaJson(4, -2, Dsf), units: UnitSystem.LammpsMetal);
        var energy = PairOracle.Evaluate(Cells.ReadLammps(file!, Cells.HafniumOxygen), model).Energy;
        // Half a unit of the last printed digit, 5e-9, and rounding of 1e5 pair energies.
        Assert.Equal(-4225.38485098, energy, 2e-8);
    }

    private static string Potential(string name) => name switch
    {
        "lj_108_cut" => LennardJonesCut.Replace("SHIFT", "none", StringComparison.Ordinal),
        "lj_108_cutshift" => LennardJonesCut.Replace("SHIFT", "energy", StringComparison.Ordinal),
        "hfo2_96_buckonly" => Cells.HafniaJson(
            4, -2, Cells.FormalBuckingham.Replace("\"Hf-O\"", "\"Hf-Hf\": { \"A\": 0, \"rho\": 1 }, \"Hf-O\"", StringComparison.Ordinal)),
        "hfo2_96_buck_dsf" => Cells.HafniaJson(4, -2, Cells.FormalBuckingham, Dsf),
        "hfo2_96_dsfonly" => Cells.HafniaJson(4, -2, Dsf),
        _ => Cells.HafniaJson(4, -2, Cells.FormalBuckingham, """{ "type": "ewald", "cutoff": 8, "accuracy": 1e-11 }"""),
    };
}

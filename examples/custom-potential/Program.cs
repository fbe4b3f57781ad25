// A potential of one's own on every device of this machine. GaussianCore.cs is all there is to it: the force is differentiated from the energy, the loop over pairs is compiled for it on the
// processor, and on a device the formula prints itself into the kernel.
//
//   dotnet run --project examples/custom-potential -c Release

using CustomPotential;
using Engine.Core.Builders;
using Engine.Core.Input;
using Engine.Core.Potentials;
using Engine.Core.Simulations;
using Engine.Core.Units;
using Engine.Kernels.Devices;
using Engine.Kernels.Errors;
using Engine.Kernels.Threading;

var input = RunInput.Read(
    """
    { "units": "lj", "system": { "crystal": { "structure": "bcc", "species": ["A"], "density": 0.3, "cells": [8, 8, 8] } }, "potential": null,
      "initialTemperature": 0.01, "timeStep": 0.05, "stages": [ { "name": "run", "steps": 200 } ] }
    """,
    "custom-potential").Resolve();
var start = CrystalBuilder.Build(input.System.Crystal!, input.UnitSystem, new Dictionary<string, double> { ["A"] = 1 });
try
{
    var model = PotentialModel.Of("Gaussian core", start.SpeciesTable, UnitSystem.LennardJones, new GaussianCore(Epsilon: 1, Sigma: 1, Cutoff: 3.2));

    using var workers = new Workers();
    foreach (var description in DeviceCensus.Take().Devices)
    {
        using var device = description.Kind == DeviceKind.Cpu ? null : Device.Open(description.Address);
        using var simulation = new Simulation(input, start, model, workers, device);
        var energies = new Energies();
        simulation.Run(energies, CancellationToken.None);
        Console.WriteLine(FormattableString.Invariant(
            $"{description.Address}: total energy per particle {energies.First / start.Count:F6} at the start, {energies.Last / start.Count:F6} after {simulation.Step} steps"));
    }
    return 0;
}
catch (EngineException error)
{
    Console.Error.WriteLine(error.Message);
    return error.ExitCode;
}

internal sealed class Energies : ISimulationObserver
{
    public double First { get; private set; } = double.NaN;

    public double Last { get; private set; }

    public void Sampled(in ThermoSample sample)
    {
        First = double.IsNaN(First) ? sample.TotalEnergy : First;
        Last = sample.TotalEnergy;
    }
}

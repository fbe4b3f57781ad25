using Engine.Cli.Report;
using Engine.Core.Simulations;
using Engine.Core.Units;
using Engine.IO.H5md;

namespace Engine.Cli.Runs;

/// <summary>The columns of the thermodynamic table: how they are stored in the trajectory and drawn in the report.</summary>
internal static class ThermoTable
{
    public static ObservableStream Stream(UnitSystem units) => new(
        Observable.Scalar("stage", ""),
        Observable.Scalar("temperature", units.TemperatureUnit),
        Observable.Scalar("target_temperature", units.TemperatureUnit),
        Observable.Scalar("potential_energy", units.EnergyUnit, extensive: true),
        Observable.Scalar("kinetic_energy", units.EnergyUnit, extensive: true),
        Observable.Scalar("thermostat_energy", units.EnergyUnit, extensive: true),
        new Observable("pressure_tensor", [6], units.PressureUnit),
        Observable.Scalar("volume", $"{units.LengthUnit}^3"),
        Observable.Scalar("density", units.DensityUnit));

    public static void Append(H5mdWriter writer, in ThermoSample s)
    {
        var p = s.PressureTensor;
        writer.AppendObservables(0, s.Step, s.Time,
        [
            s.Stage, s.Temperature, s.TargetTemperature, s.PotentialEnergy, s.KineticEnergy, s.ThermostatEnergy,
            p.XX, p.YY, p.ZZ, p.XY, p.XZ, p.YZ, s.Volume, s.Density,
        ]);
    }

    /// <summary>What the file holds, as the report draws it; null where it holds no rows.</summary>
    public static ReportTimeSeries? Read(string trajectory, UnitSystem units, int atoms)
    {
        using var reader = H5mdReader.Open(trajectory);
        var stage = reader.ReadObservable("stage");
        if (stage.Count == 0)
        {
            return null;
        }
        double[] Column(string name) => reader.ReadObservable(name).Values;
        var potential = Column("potential_energy");
        var kinetic = Column("kinetic_energy");
        var tensor = Column("pressure_tensor");
        double[] pressure = [.. Enumerable.Range(0, stage.Count).Select(i => (tensor[6 * i] + tensor[6 * i + 1] + tensor[6 * i + 2]) / 3)];
        double[] PerParticle(double[] values) => Array.ConvertAll(values, v => v / atoms);
        double[] starts = [.. Enumerable.Range(1, stage.Count - 1).Where(i => stage.Values[i] != stage.Values[i - 1]).Select(i => stage.Times[i])];
        return new ReportTimeSeries("time", units.TimeUnit, stage.Times,
        [
            new("Temperature", "temperature", units.TemperatureUnit, Column("temperature")),
            new("Temperature", "target", units.TemperatureUnit, Column("target_temperature")),
            new("Potential energy per particle", "potential energy", units.EnergyUnit, PerParticle(potential)),
            new("Total energy per particle", "total energy", units.EnergyUnit, PerParticle([.. potential.Zip(kinetic, (u, k) => u + k)])),
            new("Pressure", "pressure", units.PressureUnit, pressure),
            new("Density", "density", units.DensityUnit, Column("density")),
        ])
        {
            StageStarts = starts,
            Stages = [.. stage.Values.Select(v => (int)v)],
        };
    }
}

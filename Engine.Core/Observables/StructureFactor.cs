using Engine.Core.Analysis;
using Engine.Core.Files;
using Engine.Core.Particles;
using Engine.Core.Units;
using Engine.Kernels.Errors;
using Engine.Kernels.Geometry;
using Engine.Kernels.Threading;

namespace Engine.Core.Observables;

/// <summary>
/// Static structure factors in the Faber–Ziman form, S_ab = 1 + 4πρ ∫ r² [g_ab − 1] sin(qr)/(qr) L(r) dr with Lorch's window L (J. Phys. C 2, 229 (1969)), or
/// directly S_ab = 1 + (⟨A_a(k) A_b(−k)⟩/N − c_a δ_ab)/(c_a c_b) averaged over shells of wave vectors. Totals weight the partials by
/// c_a c_b f_a f_b/⟨f⟩² with neutron lengths or x-ray form factors (Faber and Ziman, Philos. Mag. 11, 153 (1965)).
/// </summary>
public sealed class StructureFactor : ITrajectoryObservable
{
    private readonly StructureFactorSettings settings;
    private readonly UnitSystem units;
    private readonly RadialDistribution? radial;
    private readonly bool ownsRadial;
    private readonly List<string> notes = [];
    private bool direct;
    private SpeciesCensus? census;
    private WaveVectorSet? vectors;
    private DensityModes? modes;
    private BlockAverage? partials;
    private double[] shellSums = [];
    private double[] shellCounts = [];
    private double[] shellWaveNumbers = [];
    private Box firstBox;
    private long framesShown;

    /// <param name="settings">Range, shells and method.</param>
    /// <param name="units">Units of the frames.</param>
    /// <param name="radial">
    /// A g(r) that is shown the same frames and was made for wave numbers up to <see cref="StructureFactorSettings.Maximum"/>; null: this observable keeps its own.
    /// </param>
    public StructureFactor(StructureFactorSettings settings, UnitSystem units, RadialDistribution? radial = null)
    {
        if (!(settings.Spacing > 0 && settings.Maximum >= 2 * settings.Spacing))
        {
            throw new InputException(
                $"analysis.structureFactor has maximum {settings.Maximum} and spacing {settings.Spacing}; expected 0 < spacing ≤ maximum/2");
        }
        if (settings.VectorsPerShell < 1 || settings.DirectEvery < 1)
        {
            throw new InputException(
                $"analysis.structureFactor has vectorsPerShell {settings.VectorsPerShell} and directEvery {settings.DirectEvery}; expected at least 1 each");
        }
        foreach (var scatterer in settings.Scatterers?.Values ?? [])
        {
            if (!ScatteringTable.HasFormFactor(scatterer))
            {
                var known = string.Join(", ", ScatteringTable.ScatterersOf(ScatteringTable.ElementOf(scatterer)));
                throw new InputException(
                    $"analysis.structureFactor.scatterers names '{scatterer}'; expected an element, or one of its ions{(known.Length > 0 ? $": {known}" : " such as Hf4+")}");
            }
        }
        this.settings = settings;
        this.units = units;
        direct = settings.Method != StructureFactorMethod.Gr;
        if (settings.Method != StructureFactorMethod.Direct)
        {
            this.radial = radial ?? new RadialDistribution(new(), units, settings.Maximum);
            ownsRadial = radial is null;
        }
    }

    public string Name => "structureFactor";

    public void Add(Configuration frame, Workers workers)
    {
        if (census is null)
        {
            Start(frame);
        }
        census!.Check(frame, Name);
        if (ownsRadial)
        {
            radial!.Add(frame, workers);
        }
        if (direct && framesShown % settings.DirectEvery == 0)
        {
            AddDirect(frame, workers);
        }
        framesShown++;
    }

    public void Exchange(StateStream state, Configuration particles)
    {
        if (!state.Value(census is not null))
        {
            return;
        }
        firstBox = state.Cell(firstBox);
        framesShown = state.Value(framesShown);
        if (state.Reads)
        {
            Start(new SpeciesCensus(particles, Name));
        }
        if (ownsRadial)
        {
            radial!.Exchange(state, particles);
        }
        if (direct)
        {
            shellWaveNumbers = state.Values(shellWaveNumbers);
            partials!.Exchange(state);
        }
    }

    public AnalysisResult Result(Workers workers)
    {
        if (census is null || framesShown == 0)
        {
            throw new InputException("structureFactor saw no frame; expected at least one");
        }
        var partialCurves = new List<AnalysisCurve>();
        var totalCurves = new List<AnalysisCurve>();
        var scalars = new List<AnalysisScalar>();
        var all = new List<string>(notes);
        double[] directQ = [];
        if (direct)
        {
            directQ = AddDirectCurves(partialCurves, totalCurves, all);
        }
        if (radial is not null)
        {
            AddTransformCurves(partialCurves, totalCurves, all, directQ, scalars);
        }
        foreach (var curve in totalCurves)
        {
            // Smoothed by 3 % of its position: shells of the direct route scatter.
            if (PeakFinder.First(curve.X, curve.Y, 0.03, fraction: 1) is { } peak)
            {
                scalars.Add(new($"main peak {curve.Name}", peak.PeakPosition, $"1/{units.LengthUnit}"));
            }
        }
        var plots = new List<AnalysisPlot>();
        if (totalCurves.Count > 0)
        {
            plots.Add(new("Total structure factors", "q", $"1/{units.LengthUnit}", "S(q)", "", totalCurves));
        }
        plots.Add(new("Partial structure factors (Faber–Ziman)", "q", $"1/{units.LengthUnit}", "S_ab(q)", "", partialCurves));
        return new(Name, "Structure factor", plots, scalars, all);
    }

    private void Start(Configuration frame)
    {
        var fresh = new SpeciesCensus(frame, Name);
        foreach (var name in settings.Scatterers?.Keys ?? [])
        {
            if (!fresh.Names.Contains(name))
            {
                throw new InputException(
                    $"analysis.structureFactor.scatterers names the species '{name}'; expected one of {string.Join(", ", fresh.Names)}");
            }
        }
        firstBox = frame.Box;
        Start(fresh);
    }

    private void Start(SpeciesCensus fresh)
    {
        if (direct && !(firstBox.PeriodicX && firstBox.PeriodicY && firstBox.PeriodicZ))
        {
            if (settings.Method == StructureFactorMethod.Direct)
            {
                throw new InputException("analysis.structureFactor.method is direct but the box is open on some axis; expected a periodic box, or choose method gr");
            }
            direct = false;
            notes.Add("The box is open on some axis, so there is no direct route.");
        }
        if (direct)
        {
            vectors = new(firstBox, settings);
            if (vectors.Count == 0)
            {
                throw new InputException(
                    $"analysis.structureFactor.maximum is {settings.Maximum:G4} but the smallest wave number of this box is {2 * Math.PI / firstBox.SmallestPeriodicWidth:G4}; increase it");
            }
            modes = new(vectors, fresh.Kinds);
            shellCounts = new double[vectors.Shells];
            foreach (var shell in vectors.ShellOf)
            {
                shellCounts[shell]++;
            }
            shellSums = new double[fresh.Kinds * fresh.Kinds * vectors.Shells];
            shellWaveNumbers = new double[vectors.Shells];
            partials = new(shellSums.Length);
        }
        census = fresh;
    }

    private void AddDirect(Configuration frame, Workers workers)
    {
        modes!.Compute(frame, census!.Dense, workers);
        Array.Clear(shellSums);
        var (kinds, n, shells) = (census.Kinds, vectors!.Count, vectors.Shells);
        for (var k = 0; k < n; k++)
        {
            var shell = vectors.ShellOf[k];
            var (x, y, z) = vectors.Indices[k];
            shellWaveNumbers[shell] += WaveVectorSet.WaveVector(frame.Box, x, y, z).Length / shellCounts[shell];
            for (var a = 0; a < kinds; a++)
            {
                for (var b = a; b < kinds; b++)
                {
                    shellSums[(a * kinds + b) * shells + shell] +=
                        modes.Real[a * n + k] * modes.Real[b * n + k] + modes.Imaginary[a * n + k] * modes.Imaginary[b * n + k];
                }
            }
        }
        for (var a = 0; a < kinds; a++)
        {
            for (var b = a; b < kinds; b++)
            {
                double ca = Fraction(a), cb = Fraction(b);
                for (var s = 0; s < shells; s++)
                {
                    var intensity = shellCounts[s] == 0 ? 0 : shellSums[(a * kinds + b) * shells + s] / shellCounts[s] / census.Total;
                    shellSums[(a * kinds + b) * shells + s] = 1 + (intensity - (a == b ? ca : 0)) / (ca * cb);
                }
            }
        }
        partials!.Add(shellSums);
    }

    private double Fraction(int kind) => (double)census!.Counts[kind] / census.Total;

    private double[] AddDirectCurves(List<AnalysisCurve> partialCurves, List<AnalysisCurve> totalCurves, List<string> all)
    {
        var shells = Enumerable.Range(0, vectors!.Shells).Where(s => shellCounts[s] > 0).ToArray();
        var q = shells.Select(s => shellWaveNumbers[s] / partials!.Samples).ToArray();
        var mean = partials!.Mean();
        for (var a = 0; a < census!.Kinds; a++)
        {
            for (var b = a; b < census.Kinds; b++)
            {
                var offset = (a * census.Kinds + b) * vectors.Shells;
                partialCurves.Add(new(
                    census.PairName(a, b) + Suffix("direct"), q, Pick(mean, offset), partials.StandardErrors(m => Pick(m, offset))));
            }
        }
        foreach (var (radiation, weight) in Radiations(all))
        {
            double[] Total(double[] m) => Combine(q, weight, (a, b, k) => m[(a * census!.Kinds + b) * vectors.Shells + shells[k]]);
            totalCurves.Add(new(radiation + Suffix("direct"), q, Total(mean), partials.StandardErrors(Total)));
        }
        all.Add(
            $"Direct: {partials.Samples} frames, {vectors.Count} wave vectors, all below {settings.AllVectorsBelow:G4}/{units.LengthUnit} and about {settings.VectorsPerShell} per shell above; shells of {settings.Spacing:G3}/{units.LengthUnit} in the first frame's box; smallest q = {q[0]:G4}/{units.LengthUnit}.");
        return q;

        double[] Pick(double[] m, int offset) => [.. shells.Select(s => m[offset + s])];
    }

    private void AddTransformCurves(
        List<AnalysisCurve> partialCurves, List<AnalysisCurve> totalCurves, List<string> all, double[] directQ, List<AnalysisScalar> scalars)
    {
        var limit = Math.Min(settings.IntegrationLimit ?? radial!.Maximum, radial!.Maximum);
        if (settings.IntegrationLimit > radial.Maximum)
        {
            all.Add($"integrationLimit {settings.IntegrationLimit:G4} lies beyond the range of g(r); {limit:G4} was used.");
        }
        var q = Enumerable.Range(1, (int)Math.Round(settings.Maximum / settings.Spacing)).Select(k => k * settings.Spacing).ToArray();
        var kernel = new TransformKernel(radial, limit, settings.Lorch);
        var s = new double[census!.Kinds, census.Kinds][];
        for (var a = 0; a < census.Kinds; a++)
        {
            for (var b = a; b < census.Kinds; b++)
            {
                s[a, b] = kernel.Transform(radial.Distribution(a, b, fine: true), q);
                partialCurves.Add(new(census.PairName(a, b) + Suffix("g(r)"), q, s[a, b], radial.FineErrors(a, b, g => kernel.Transform(g, q))));
            }
        }
        foreach (var (radiation, weight) in Radiations(directQ.Length > 0 ? [] : all))
        {
            totalCurves.Add(new(radiation + Suffix("g(r)"), q, Combine(q, weight, (a, b, k) => s[a, b][k])));
        }
        var smallest = 2 * Math.PI / limit;
        all.Add(
            $"g(r) route: {radial.Frames} frames, integral to {limit:G4} {units.LengthUnit}{(settings.Lorch ? " with Lorch's window, blurred by about " + (5.4 / limit).ToString("G2") + "/" + units.LengthUnit : "")}; not reliable below {smallest:G3}/{units.LengthUnit}.");
    }

    private string Suffix(string route) => direct && radial is not null ? $" ({route})" : "";

    /// <summary>Σ_ab c_a c_b w_a w_b S_ab/(Σ_a c_a w_a)² at every q.</summary>
    private double[] Combine(double[] q, Func<int, double, double> weight, Func<int, int, int, double> partial)
    {
        var total = new double[q.Length];
        var w = new double[census!.Kinds];
        for (var k = 0; k < q.Length; k++)
        {
            var mean = 0.0;
            for (var a = 0; a < w.Length; a++)
            {
                w[a] = Fraction(a) * weight(a, q[k]);
                mean += w[a];
            }
            for (var a = 0; a < w.Length; a++)
            {
                for (var b = a; b < w.Length; b++)
                {
                    total[k] += (a == b ? 1 : 2) * w[a] * w[b] * partial(a, b, k) / (mean * mean);
                }
            }
        }
        return total;
    }

    private List<(string Name, Func<int, double, double> Weight)> Radiations(List<string> all)
    {
        var radiations = new List<(string, Func<int, double, double>)>();
        if (units.LengthUnit != "Angstrom")
        {
            return radiations;
        }
        var names = census!.Names;
        var scatterers = names.Select(n => settings.Scatterers?.GetValueOrDefault(n) ?? n).ToArray();
        if (scatterers.Where(n => !ScatteringTable.HasFormFactor(n)).ToArray() is { Length: > 0 } unknown)
        {
            all.Add($"No x-ray total: no form factor for {string.Join(", ", unknown)}; expected elements from H to Cf, map other names to them with analysis.structureFactor.scatterers.");
        }
        else
        {
            radiations.Add(("x-ray", (a, q) => ScatteringTable.FormFactor(scatterers[a], q)));
            all.Add($"X-ray form factors: {string.Join(", ", scatterers)} (Waasmaier and Kirfel 1995).");
        }
        var elements = Array.ConvertAll(scatterers, ScatteringTable.ElementOf);
        if (elements.Where(n => !ScatteringTable.HasNeutronLength(n)).ToArray() is { Length: > 0 } missing)
        {
            all.Add($"No neutron total: no scattering length for {string.Join(", ", missing)}; the table has H to Bi but Tc and Pm, and Th and U, map other names to them with analysis.structureFactor.scatterers.");
        }
        else if (Enumerable.Range(0, elements.Length).Sum(a => Fraction(a) * ScatteringTable.NeutronLength(elements[a])) == 0)
        {
            all.Add($"No neutron total: the mean scattering length of {string.Join(", ", elements)} in this composition is 0.");
        }
        else
        {
            radiations.Add(("neutron", (a, _) => ScatteringTable.NeutronLength(elements[a])));
        }
        return radiations;
    }

    /// <summary>1 + 4πρ Σ r² [g − 1] sin(qr)/(qr) L(r) Δr.</summary>
    private sealed class TransformKernel
    {
        private readonly double[] r;
        private readonly double[] weight;

        public TransformKernel(RadialDistribution radial, double limit, bool lorch)
        {
            r = [.. radial.Centres(radial.FineBins).TakeWhile(x => x < limit)];
            var width = radial.Maximum / radial.FineBins;
            weight = [.. r.Select(x => 4 * Math.PI * radial.Density * x * width * (lorch ? Math.Sin(Math.PI * x / limit) / (Math.PI * x / limit) : 1))];
        }

        public double[] Transform(double[] g, double[] q)
        {
            var s = new double[q.Length];
            for (var k = 0; k < q.Length; k++)
            {
                var sum = 0.0;
                for (var i = 0; i < r.Length; i++)
                {
                    sum += weight[i] * (g[i] - 1) * Math.Sin(q[k] * r[i]);
                }
                s[k] = 1 + sum / q[k];
            }
            return s;
        }
    }
}

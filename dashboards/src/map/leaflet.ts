/** The only module that touches Leaflet. */
import L from 'leaflet'
import 'leaflet/dist/leaflet.css'

export type { GeoJSON as GeoLayer, Map as LeafletMap, Marker } from 'leaflet'

export function makeMap(box: HTMLElement): L.Map {
  return L.map(box, {
    zoomControl: false,
    attributionControl: false,
    zoomSnap: 0.25,
    wheelPxPerZoomLevel: 120,
    keyboard: false,
    fadeAnimation: false,
    maxBoundsViscosity: 0.8,
  })
}

export { L }
